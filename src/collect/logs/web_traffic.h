// SPDX-License-Identifier: Apache-2.0
//
// Requests to web servers, folded: who asked for what they should not, which scripts answered whom.
// Ordinary requests are only counted. What folding loses is the order of requests of one client; a
// client's first success after many refusals is kept, since that is what a scanner finds. Clients,
// targets and agents are whatever was sent: of too many, those clients are forgotten that asked for
// nothing odd, so that memory stays bounded. Not thread-safe. Covered by web_traffic_test.cc.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "collect/logs/line_code.h"
#include "collect/logs/text_pool.h"
#include "parse/web_access/web_access.h"
#include "parse/web_request/web_request.h"

namespace genba::collect::logs {

/// One client. Texts are numbers in the traffic's pool; times are nanoseconds since 1970.
struct ClientTraffic {
  int64_t first_time = 0;
  int64_t last_time = 0;
  int64_t requests = 0;
  int64_t refused = 0;
  int64_t attacks = 0;
  int64_t posts = 0;
  std::array<uint64_t, 4> refused_paths{};  ///< one bit for each path's hash: a rough count
  uint32_t agent = 0;
  uint32_t tool = 0;
  int64_t first_refused = 0;  ///< when; meaningless without refusals
  uint32_t found = 0;         ///< the last path it was given, other than pictures and the like
  int64_t found_time = 0;
  uint16_t source = 0;

  /// Whether it was given something while, or after, it was refused many times.
  bool has_found() const;
  /// Distinct refused paths, about; at most 255.
  int64_t distinct_refused() const;
};

/// One script that answered.
struct ScriptTraffic {
  static constexpr size_t kMostClients = 8;

  int64_t first_time = 0;
  int64_t last_time = 0;
  int64_t requests = 0;
  int64_t posts = 0;
  int64_t answered = 0;
  int64_t posts_answered = 0;
  int64_t referred = 0;
  std::array<uint32_t, kMostClients> clients{};  ///< some of them, then zeros
  uint32_t first_client = 0;
  uint32_t agent = 0;
  uint16_t source = 0;
  bool in_upload_place = false;
};

/// A request worth a look of its own.
struct NotableRequest {
  int64_t time = 0;
  uint32_t address = 0, method = 0, target = 0, referrer = 0, agent = 0;
  int32_t status = -1;
  int64_t bytes = -1;
  parse::WebTraits traits;
  uint16_t source = 0;
  uint16_t file = 0;
  LineCode line = 0;
};

/// Where and when a request stands.
struct RequestPlace {
  int64_t time = 0;
  uint16_t source = 0;
  uint16_t file = 0;
  LineCode line = 0;
};

class WebTraffic {
 public:
  void add(const parse::WebRequest& request, const RequestPlace& place);
  void merge(const WebTraffic& other);

  /// More clients than this, or more bytes of texts, make room.
  static constexpr size_t kMostClients = 150'000;
  static constexpr size_t kMostTextBytes = size_t{64} << 20;

  /// Clients by their address's number, scripts by their path's; absent ones have no requests.
  const std::vector<std::pair<uint32_t, ClientTraffic>>& clients() const { return clients_; }
  const std::vector<std::pair<uint32_t, ScriptTraffic>>& scripts() const { return scripts_; }
  const std::vector<NotableRequest>& notable() const { return notable_; }
  std::string_view text(uint32_t number) const { return texts_.text(number); }
  /// Notable requests, scripts and clients that were only counted, because there were too many.
  int64_t left_out() const { return left_out_; }
  size_t text_bytes() const { return texts_.bytes(); }

 private:
  uint32_t number_of(std::string_view text);
  void take_over(const WebTraffic& other);
  bool has_room() const;
  void make_room();
  void rebuild();
  ClientTraffic* client(uint32_t address);
  ScriptTraffic* script(uint32_t path);
  void add_client(const parse::WebRequest& request, parse::WebTraits traits, bool attack,
                  const RequestPlace& place);
  void add_script(const parse::WebRequest& request, parse::WebTraits traits,
                  const RequestPlace& place);
  void add_notable(const parse::WebRequest& request, parse::WebTraits traits,
                   const RequestPlace& place);
  bool has_room_for(int32_t status);

  TextPool texts_;
  std::vector<std::pair<uint32_t, ClientTraffic>> clients_;
  std::vector<std::pair<uint32_t, ScriptTraffic>> scripts_;
  std::vector<uint32_t> client_of_;  ///< by text number: place in clients_ + 1
  std::vector<uint32_t> script_of_;
  std::vector<NotableRequest> notable_;
  size_t answered_ = 0;
  size_t refused_ = 0;
  int64_t left_out_ = 0;
  bool is_full_ = false;  ///< nothing could be forgotten: no client comes in any more
};

}  // namespace genba::collect::logs
