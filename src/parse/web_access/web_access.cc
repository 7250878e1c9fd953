// SPDX-License-Identifier: Apache-2.0
#include "parse/web_access/web_access.h"

#include <cstddef>
#include <cstring>

#include "parse/web_access/web_fields.h"

namespace genba::parse {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// Takes the time that a quote follows off `line`, and the quote. Gives what stands in front.
bool take_front(std::string_view& line, std::string_view& front, LogTime& time) {
  for (size_t at = line.find('['); at != kNone; at = line.find('[', at + 1)) {
    std::string_view behind = line.substr(at);
    // A user name may hold a time, but never a plain quote.
    if (take_bracket_time(behind, time) && behind.starts_with('"')) {
      front = line.substr(0, at);
      line = behind.substr(1);
      return true;
    }
  }
  return false;
}

/// The client's first word and, for a list ("192.0.2.1, 198.51.100.7"), the words that go on.
std::string_view take_client(std::string_view& front) {
  size_t end = front.find(' ');
  while (end != kNone && end != 0 && front[end - 1] == ',') {
    end = front.find(' ', end + 1);
  }
  const std::string_view client = front.substr(0, end);
  front.remove_prefix(end == kNone ? front.size() : end + 1);
  return client;
}

/// Whether `first` is the server's name and `second` the client. In the second place of the common
/// format stands the answer of an ident service, "-" nearly always and never an address.
bool begins_with_host(std::string_view first, std::string_view second) {
  if (second.empty() || second == "-") {
    return false;
  }
  return is_address_text(second) || (has_port(first) && !is_address_text(first));
}

/// "client ident user ", "host:port client ident user " or, as some nginx formats, "client user ".
bool read_front(std::string_view front, WebRequest& request) {
  while (front.ends_with(' ')) {
    front.remove_suffix(1);
  }
  request.client = take_client(front);
  if (request.client.empty()) {
    return false;
  }
  if (front == "- -") {
    return true;
  }
  std::string_view rest = front;
  const std::string_view second = take_client(rest);
  if (begins_with_host(request.client, second)) {
    request.virtual_host = request.client;
    request.client = second;
    front = rest;
  }
  const size_t blank = front.find(' ');
  const std::string_view ident = front.substr(0, blank);
  // Prose that happens to hold a time and a quote is no access line.
  if (ident != "-" && !is_address_text(request.client)) {
    return false;
  }
  request.user = without_dash(blank == kNone ? ident : front.substr(blank + 1));
  return true;
}

/// Takes the request's text and the quote behind it off `line`.
std::string_view take_request(std::string_view& line) {
  size_t first = kNone;
  for (size_t quote = find_quote(line, 0); quote != kNone; quote = find_quote(line, quote + 1)) {
    first = first == kNone ? quote : first;
    if (is_status(line.substr(quote + 1))) {
      first = quote;
      break;
    }
  }
  const std::string_view text = line.substr(0, first);
  line.remove_prefix(first == kNone ? line.size() : first + 1);
  return text;
}

/// " 200 1234" off the front of `line`, with the blank behind it.
void take_numbers(std::string_view& line, WebRequest& request) {
  if (!is_status(line)) {
    return;
  }
  request.status = read_status(line.substr(1));
  line.remove_prefix(line[1] == '-' ? 2 : 4);
  if (!line.starts_with(' ')) {
    return;
  }
  line.remove_prefix(1);
  const size_t end = line.find(' ');
  const std::string_view word = line.substr(0, end);
  if (word == "-" || read_bytes(word, request.bytes)) {
    line.remove_prefix(end == kNone ? line.size() : end + 1);
  }
}

}  // namespace

bool parse_web_access_line(std::string_view line, WebRequest& out) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  WebRequest request;
  if (line.starts_with('[') && parse_proxy_manager_line(line, out)) {
    return true;
  }
  std::string_view front;
  if (!take_front(line, front, request.time) || !read_front(front, request)) {
    return false;
  }
  split_request(take_request(line), request);
  take_numbers(line, request);
  if (take_quoted(line, request.referrer)) {
    take_quoted(line, request.agent);
  }
  request.rest = line.substr(line.starts_with(' ') ? 1 : 0);
  out = request;
  return true;
}

}  // namespace genba::parse
