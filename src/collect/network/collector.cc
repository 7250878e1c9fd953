// SPDX-License-Identifier: Apache-2.0
//
// How much does this machine send, and where is it connected? /proc/net/dev and /sys/class/net, in
// our own network namespace, twice: what moved between the two readings gives the rates. IPv6
// addresses come with their interface; IPv4 ones come from the routing trie, which does not name
// one, so each is given to the interface whose directly connected network holds it (two interfaces
// on one network would share it). Source: proc(5), kernel Documentation/ABI/testing/sysfs-class-
// net, net/ipv4/fib_trie.c. Covered by network_test.cc.
#include "collect/collector.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/split.h"
#include "collect/proc.h"
#include "fmt/format.h"
#include "model/tables/interfaces.h"
#include "parse/kernel_text/kernel_text.h"
#include "parse/net_dev/net_dev.h"

namespace genba::collect::network {

namespace {

constexpr std::string_view kArea = "network";
constexpr uint64_t kTrieLimit = 64ULL << 20;  // a full routing table prints some 60 MB
constexpr std::chrono::milliseconds kShortestSpan{700};

struct FirstReading {
  int64_t monotonic_nanoseconds = 0;
};

bool wants_rates(const Wanted& wanted) {
  for (const char* column : {"ipackets_per_second", "opackets_per_second", "obytes_per_second"}) {
    if (wanted.wants(model::tables::interfaces(), column)) {
      return true;
    }
  }
  return false;
}

bool is_inside(const base::Address& address, const base::Address& network, int prefix_length) {
  const auto word = [](const base::Address& value) {
    return static_cast<uint32_t>(value.bytes[0]) << 24 |
           static_cast<uint32_t>(value.bytes[1]) << 16 |
           static_cast<uint32_t>(value.bytes[2]) << 8 | value.bytes[3];
  };
  const uint32_t mask = prefix_length == 0 ? 0 : ~uint32_t{0} << (32 - prefix_length);
  return (word(address) & mask) == (word(network) & mask);
}

class Collection {
 public:
  explicit Collection(Context& context) : context_(context), host_(context.host) {}

  void run() {
    CoverageCounter coverage(kArea, "/proc/net/dev");
    coverage.asked();
    const auto bytes = host_.read_file("/proc/net/dev");
    if (!bytes) {
      coverage.failed(bytes.error());
      coverage.finish(context_.facts);
      return;
    }
    coverage.seen();
    const int64_t read_at = host_.clocks().monotonic_nanoseconds;
    std::vector<base::Note> notes;
    auto counters = parse::parse_net_dev(bytes->bytes, notes);
    for (const base::Note& note : notes) {
      coverage.note(note);
    }
    read_addresses();
    auto& rows = context_.facts.rows<model::Interface>();
    for (parse::InterfaceCounters& counter : counters) {
      rows.push_back(row_of(std::move(counter)));
    }
    coverage.finish(context_.facts);
    if (context_.state != nullptr && wants_rates(context_.wanted)) {
      *context_.state = std::make_shared<FirstReading>(FirstReading{read_at});
    }
  }

 private:
  std::optional<std::string> read_attribute(const std::string& interface, std::string_view name) {
    const auto bytes = host_.read_file(fmt::format("/sys/class/net/{}/{}", interface, name), 4096);
    const std::string_view word = bytes ? base::trim(bytes->bytes) : std::string_view();
    return word.empty() ? std::nullopt : std::optional(std::string(word));
  }

  std::optional<int64_t> read_number(const std::string& interface, std::string_view name) {
    const auto text = read_attribute(interface, name);
    return text ? parse::parse_kernel_number(*text) : std::nullopt;
  }

  // A file that only says more; without it (no IPv6) the addresses are fewer.
  std::string read_optional(std::string_view path, CoverageCounter& coverage) {
    auto bytes = host_.read_file(path, kTrieLimit);
    if (!bytes && bytes.error().code == base::ErrorCode::kNotFound) {
      return {};
    }
    coverage.asked();
    if (!bytes) {
      coverage.failed(bytes.error());
      return {};
    }
    coverage.seen();
    if (bytes->truncated) {
      coverage.cut("the routing table is larger than 64 MiB");
    }
    return std::move(bytes->bytes);
  }

  void add_address(const std::string& interface, const base::Address& address, int prefix) {
    std::string& list = addresses_[interface];
    list += fmt::format("{}{}/{}", list.empty() ? "" : " ", base::to_text(address), prefix);
  }

  void read_addresses() {
    if (!context_.wanted.wants(model::tables::interfaces(), "addresses")) {
      return;
    }
    CoverageCounter coverage(kArea, "addresses");
    const auto routes = parse::parse_route(read_optional("/proc/net/route", coverage));
    for (const base::Address& address :
         parse::parse_fib_trie_local(read_optional("/proc/net/fib_trie", coverage))) {
      const parse::Route4* best = nullptr;
      for (const parse::Route4& route : routes) {
        if (!route.has_gateway && route.prefix_length > 0 &&
            is_inside(address, route.destination, route.prefix_length) &&
            (best == nullptr || route.prefix_length > best->prefix_length)) {
          best = &route;
        }
      }
      if (best != nullptr) {
        add_address(best->interface, address, best->prefix_length);
      } else if (base::scope_of(address) == base::AddressScope::kLoopback) {
        add_address("lo", address, 8);
      } else {
        coverage.cut(
            fmt::format("{} belongs to no directly connected network, so its interface "
                        "is not known",
                        base::to_text(address)));
      }
    }
    for (const parse::InterfaceAddress& address :
         parse::parse_if_inet6(read_optional("/proc/net/if_inet6", coverage))) {
      add_address(address.interface, address.address, address.prefix_length);
    }
    coverage.finish(context_.facts);
  }

  model::Interface row_of(parse::InterfaceCounters&& counter) {
    model::Interface row;
    row.interface = std::move(counter.interface);
    row.mac = read_attribute(row.interface, "address");
    row.mtu = read_number(row.interface, "mtu");
    row.flags = read_number(row.interface, "flags");
    const auto addresses = addresses_.find(row.interface);
    if (addresses != addresses_.end()) {
      row.addresses = addresses->second;
    }
    row.ibytes = counter.ibytes;
    row.ipackets = counter.ipackets;
    row.obytes = counter.obytes;
    row.opackets = counter.opackets;
    row.ierrors = counter.ierrors;
    row.oerrors = counter.oerrors;
    return row;
  }

  Context& context_;
  const host::Host& host_;
  std::map<std::string, std::string> addresses_;
};

void collect(Context& context) {
  if (!not_live(context, kArea, "/proc/net/dev")) {
    Collection(context).run();
  }
}

// Counters that went back (a driver's reset, 32 bits that ran over) give no rate.
std::optional<double> rate(int64_t before, int64_t after, double seconds) {
  if (after < before || seconds <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(after - before) / seconds;
}

void finish(Context& context) {
  if (context.state == nullptr || *context.state == nullptr) {
    return;
  }
  const auto first = std::static_pointer_cast<FirstReading>(*context.state);
  const auto passed = [&] {
    return context.host.clocks().monotonic_nanoseconds - first->monotonic_nanoseconds;
  };
  const auto left = std::chrono::nanoseconds(kShortestSpan) - std::chrono::nanoseconds(passed());
  if (left.count() > 0) {
    context.host.sleep_for(std::chrono::ceil<std::chrono::milliseconds>(left));
  }
  CoverageCounter coverage(kArea, "second reading of /proc/net/dev");
  coverage.asked();
  const auto bytes = context.host.read_file("/proc/net/dev");
  if (!bytes) {
    coverage.failed(bytes.error());
    coverage.finish(context.facts);
    return;
  }
  coverage.seen();
  const double seconds = static_cast<double>(passed()) / 1e9;
  std::vector<base::Note> notes;
  std::map<std::string, parse::InterfaceCounters> now;
  for (parse::InterfaceCounters& counter : parse::parse_net_dev(bytes->bytes, notes)) {
    std::string name = counter.interface;
    now.emplace(std::move(name), std::move(counter));
  }
  for (model::Interface& row : context.facts.rows<model::Interface>()) {
    const auto after = now.find(row.interface);
    if (after != now.end()) {
      row.ipackets_per_second = rate(row.ipackets, after->second.ipackets, seconds);
      row.opackets_per_second = rate(row.opackets, after->second.opackets, seconds);
      row.obytes_per_second = rate(row.obytes, after->second.obytes, seconds);
    }
  }
  coverage.finish(context.facts);
}

}  // namespace

const Collector& collector() {
  static const model::TableInfo* const kProvides[] = {&model::tables::interfaces()};
  static const Collector kCollector{kArea, kProvides, {}, collect, finish};
  return kCollector;
}

}  // namespace genba::collect::network
