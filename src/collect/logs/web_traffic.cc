// SPDX-License-Identifier: Apache-2.0
#include "collect/logs/web_traffic.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace genba::collect::logs {

namespace {

// A scanner's requests are millions, and each is like the next; what was answered matters more.
constexpr size_t kMostAnswered = 20'000;
constexpr size_t kMostRefused = 5'000;
// Distinct scripts that answered; a site of that many is none.
constexpr size_t kMostScripts = 50'000;
// After so many refusals a client is looking for something.
constexpr int64_t kManyRefusals = 20;
// Longer targets are kept to so much, and longer headers.
constexpr size_t kTextBytes = 1024;
constexpr size_t kHeaderBytes = 512;
// Most visitors are refused a picture or two.
constexpr int64_t kOddRefusals = 5;

bool is_refused(int32_t status) {
  return status >= 400 && status < 500;
}

bool is_answered(int32_t status) {
  return status >= 200 && status < 300;
}

bool is_attack(parse::WebTraits traits) {
  return traits.has(parse::WebTrait::kTraversal) || traits.has(parse::WebTrait::kSqlInjection) ||
         traits.has(parse::WebTrait::kCodeInjection) ||
         traits.has(parse::WebTrait::kCommandParameter);
}

// Shellshock and Log4Shell come in headers. An ordinary agent has no character that these need.
bool is_attack(const parse::WebRequest& request, std::span<char> buffer) {
  const auto odd = [](std::string_view header) {
    return header.find_first_of("${<|`") != std::string_view::npos || header.substr(0, 2) == "()";
  };
  return (odd(request.agent) && is_attack(parse::find_header_traits(request.agent, buffer))) ||
         (odd(request.referrer) && is_attack(parse::find_header_traits(request.referrer, buffer)));
}

std::string_view without_query(std::string_view target) {
  return target.substr(0, target.find_first_of("?;#"));
}

// By text number, grown as texts come.
uint32_t& place_at(std::vector<uint32_t>& places, uint32_t number) {
  if (number >= places.size()) {
    places.resize(std::max<size_t>(number + 1, places.size() * 2), 0);
  }
  return places[number];
}

void add_client_to(ScriptTraffic& script, uint32_t address) {
  for (uint32_t& each : script.clients) {
    if (each == address) {
      return;
    }
    if (each == 0) {
      each = address;
      return;
    }
  }
}

}  // namespace

bool ClientTraffic::has_found() const {
  return found != 0 && refused >= kManyRefusals && found_time >= first_refused;
}

int64_t ClientTraffic::distinct_refused() const {
  int set = 0;
  for (const uint64_t word : refused_paths) {
    set += std::popcount(word);
  }
  if (set >= 162) {  // linear counting in 256 bits: 162 set bits are about 255 different ones
    return 255;
  }
  return std::llround(-256.0 * std::log1p(-set / 256.0));
}

uint32_t WebTraffic::number_of(std::string_view text) {
  text = text.substr(0, kTextBytes);
  return is_full_ ? texts_.find(text) : texts_.number_of(text);
}

bool WebTraffic::has_room() const {
  return clients_.size() < kMostClients && texts_.bytes() < kMostTextBytes;
}

// Texts that nothing refers to any more go first, then the clients that asked for nothing odd.
// What then takes more than three quarters still would come back here all the time.
void WebTraffic::make_room() {
  if (has_room() || is_full_) {
    return;
  }
  const auto has_much_room = [this] {
    return clients_.size() < kMostClients / 4 * 3 && texts_.bytes() < kMostTextBytes / 4 * 3;
  };
  rebuild();
  if (has_much_room()) {
    return;
  }
  left_out_ += static_cast<int64_t>(std::erase_if(clients_, [](const auto& each) {
    return each.second.attacks == 0 && each.second.refused < kOddRefusals;
  }));
  rebuild();
  is_full_ = !has_much_room();
}

void WebTraffic::rebuild() {
  WebTraffic fresh;
  fresh.take_over(*this);
  *this = std::move(fresh);
}

void WebTraffic::add(const parse::WebRequest& request, const RequestPlace& place) {
  make_room();
  std::array<char, parse::kTargetBufferSize> buffer;
  const parse::WebTraits traits =
      parse::find_web_traits(parse::decode_target(request.target, buffer));
  const bool attack = is_attack(traits) || is_attack(request, buffer);
  add_client(request, traits, attack, place);
  if (traits.has(parse::WebTrait::kScript) && !is_refused(request.status)) {
    add_script(request, traits, place);
  }
  const bool placed =
      traits.has(parse::WebTrait::kScriptInUploadPlace) && !is_refused(request.status);
  const bool given = traits.has(parse::WebTrait::kSecretFile) && is_answered(request.status);
  if (attack || placed || given) {
    add_notable(request, traits, place);
  }
}

void WebTraffic::add_client(const parse::WebRequest& request, parse::WebTraits traits, bool attack,
                            const RequestPlace& place) {
  ClientTraffic* const known = client(number_of(request.client));
  if (known == nullptr) {
    ++left_out_;
    return;
  }
  ClientTraffic& client = *known;
  if (client.requests == 0) {
    client.first_time = client.last_time = place.time;
    client.source = place.source;
    client.agent = number_of(request.agent.substr(0, kHeaderBytes));
  }
  client.first_time = std::min(client.first_time, place.time);
  client.last_time = std::max(client.last_time, place.time);
  ++client.requests;
  client.attacks += attack ? 1 : 0;
  client.posts += request.method == "POST" ? 1 : 0;
  if (client.tool == 0) {
    const parse::AgentKind kind = parse::scanner_agent(request.agent);
    client.tool = kind == parse::AgentKind::kAttackTool  ? number_of("scanner")
                  : kind == parse::AgentKind::kPlainTool ? number_of("tool")
                                                         : 0;
  }
  if (is_refused(request.status)) {
    client.first_refused =
        client.refused == 0 ? place.time : std::min(client.first_refused, place.time);
    ++client.refused;
    const std::string_view path = without_query(request.target);
    const uint64_t hash = XXH3_64bits(path.data(), path.size());
    client.refused_paths[hash >> 6U & 3U] |= uint64_t{1} << (hash & 63U);
  } else if (is_answered(request.status) && !traits.has(parse::WebTrait::kStatic) &&
             without_query(request.target) != "/" &&
             (client.found == 0 || place.time > client.found_time)) {
    if (const uint32_t found = number_of(request.target); found != 0) {
      client.found = found;
      client.found_time = place.time;
    }
  }
}

void WebTraffic::add_script(const parse::WebRequest& request, parse::WebTraits traits,
                            const RequestPlace& place) {
  const uint32_t path = number_of(without_query(request.target).substr(0, kTextBytes));
  ScriptTraffic* script = this->script(path);
  if (script == nullptr) {
    return;
  }
  if (script->requests == 0) {
    script->first_time = script->last_time = place.time;
    script->source = place.source;
    script->agent = number_of(request.agent.substr(0, kHeaderBytes));
    script->first_client = number_of(request.client);
    script->in_upload_place = traits.has(parse::WebTrait::kScriptInUploadPlace);
  }
  if (place.time < script->first_time) {
    script->first_time = place.time;
    script->first_client = number_of(request.client);
  }
  script->last_time = std::max(script->last_time, place.time);
  const bool post = request.method == "POST";
  const bool answered = is_answered(request.status);
  ++script->requests;
  script->posts += post ? 1 : 0;
  script->answered += answered ? 1 : 0;
  script->posts_answered += post && answered ? 1 : 0;
  script->referred += request.referrer.empty() ? 0 : 1;
  add_client_to(*script, number_of(request.client));
}

bool WebTraffic::has_room_for(int32_t status) {
  size_t& count = is_refused(status) ? refused_ : answered_;
  if (count >= (is_refused(status) ? kMostRefused : kMostAnswered)) {
    ++left_out_;
    return false;
  }
  ++count;
  return true;
}

void WebTraffic::add_notable(const parse::WebRequest& request, parse::WebTraits traits,
                             const RequestPlace& place) {
  if (!has_room_for(request.status)) {
    return;
  }
  NotableRequest notable;
  notable.time = place.time;
  notable.address = texts_.number_of(request.client.substr(0, kTextBytes));
  notable.method = texts_.number_of(request.method.substr(0, kTextBytes));
  notable.target = texts_.number_of(request.target.substr(0, kTextBytes));
  notable.referrer = texts_.number_of(request.referrer.substr(0, kHeaderBytes));
  notable.agent = texts_.number_of(request.agent.substr(0, kHeaderBytes));
  notable.status = request.status;
  notable.bytes = request.bytes;
  notable.traits = traits;
  notable.source = place.source;
  notable.file = place.file;
  notable.line = place.line;
  notable_.push_back(notable);
}

ClientTraffic* WebTraffic::client(uint32_t address) {
  uint32_t& place = place_at(client_of_, address);
  if (place == 0 && is_full_) {
    return nullptr;
  }
  if (place == 0) {
    clients_.emplace_back(address, ClientTraffic{});
    place = static_cast<uint32_t>(clients_.size());
  }
  return &clients_[place - 1].second;
}

ScriptTraffic* WebTraffic::script(uint32_t path) {
  uint32_t& place = place_at(script_of_, path);
  if (place == 0) {
    if (scripts_.size() >= kMostScripts || path == 0) {
      ++left_out_;
      return nullptr;
    }
    scripts_.emplace_back(path, ScriptTraffic{});
    place = static_cast<uint32_t>(scripts_.size());
  }
  return &scripts_[place - 1].second;
}

void WebTraffic::merge(const WebTraffic& other) {
  is_full_ = false;  // what the other knows counts as much
  take_over(other);
  make_room();
}

void WebTraffic::take_over(const WebTraffic& other) {
  const auto ours = [&](uint32_t number) { return texts_.number_of(other.text(number)); };
  for (const auto& [address, from] : other.clients_) {
    ClientTraffic& into = *client(ours(address));
    const bool is_new = into.requests == 0;
    if (is_new || from.first_time < into.first_time) {
      into.first_time = from.first_time;
      into.agent = ours(from.agent);
      into.source = from.source;
    }
    into.last_time = is_new ? from.last_time : std::max(into.last_time, from.last_time);
    into.requests += from.requests;
    if (from.refused > 0) {
      into.first_refused =
          into.refused == 0 ? from.first_refused : std::min(into.first_refused, from.first_refused);
    }
    into.refused += from.refused;
    into.attacks += from.attacks;
    into.posts += from.posts;
    into.tool = into.tool == 0 ? ours(from.tool) : into.tool;
    if (from.found != 0 && (into.found == 0 || from.found_time > into.found_time)) {
      into.found = ours(from.found);
      into.found_time = from.found_time;
    }
    for (size_t i = 0; i < into.refused_paths.size(); ++i) {
      into.refused_paths[i] |= from.refused_paths[i];
    }
  }
  for (const auto& [path, from] : other.scripts_) {
    ScriptTraffic* into = script(ours(path));
    if (into == nullptr) {
      continue;
    }
    const bool is_new = into->requests == 0;
    if (is_new || from.first_time < into->first_time) {
      into->first_time = from.first_time;
      into->agent = ours(from.agent);
      into->source = from.source;
      into->first_client = ours(from.first_client);
    }
    into->last_time = is_new ? from.last_time : std::max(into->last_time, from.last_time);
    into->requests += from.requests;
    into->posts += from.posts;
    into->answered += from.answered;
    into->posts_answered += from.posts_answered;
    into->referred += from.referred;
    into->in_upload_place = into->in_upload_place || from.in_upload_place;
    for (const uint32_t address : from.clients) {
      if (address != 0) {
        add_client_to(*into, ours(address));
      }
    }
  }
  for (NotableRequest notable : other.notable_) {
    if (!has_room_for(notable.status)) {
      continue;
    }
    notable.address = ours(notable.address);
    notable.method = ours(notable.method);
    notable.target = ours(notable.target);
    notable.referrer = ours(notable.referrer);
    notable.agent = ours(notable.agent);
    notable_.push_back(notable);
  }
  left_out_ += other.left_out_;
}

}  // namespace genba::collect::logs
