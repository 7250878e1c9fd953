// SPDX-License-Identifier: Apache-2.0
//
// Names that tools put into their agent. Attack tools: field/logs.md 46 and the tools' own
// documentation; plain tools: the default agents of HTTP libraries.
#include "parse/web_request/web_request.h"
#include "parse/web_request/word_finder.h"

namespace genba::parse {

namespace {

constexpr uint16_t kAttack = 1;
constexpr uint16_t kPlain = 2;

constexpr Word named(std::string_view name, uint16_t bit) {
  const bool one_word = name.find(' ') == std::string_view::npos;
  return {name, bit, Where::kAnywhere, one_word ? Edges::kWordStart : Edges::kAny};
}
constexpr Word attack(std::string_view name) {
  return named(name, kAttack);
}
constexpr Word plain(std::string_view name) {
  return named(name, kPlain);
}

constexpr Word kNames[] = {
    attack("sqlmap"),
    attack("nikto"),
    attack("zgrab"),
    attack("masscan"),
    attack("nuclei"),
    attack("gobuster"),
    attack("dirbuster"),
    attack("feroxbuster"),
    attack("wpscan"),
    attack("nmap"),
    attack("wfuzz"),
    attack("ffuf"),
    attack("fuzz faster"),
    attack("hydra"),
    attack("acunetix"),
    attack("nessus"),
    attack("openvas"),
    attack("netsparker"),
    attack("arachni"),
    attack("w3af"),
    attack("whatweb"),
    attack("joomscan"),
    attack("havij"),
    attack("zmeu"),
    attack("jorgee"),
    attack("morfeus"),
    attack("commix"),
    attack("xsser"),
    attack("jaeles"),
    attack("l9explore"),
    attack("l9tcpid"),
    attack("httpx - open"),
    attack("hello, world"),
    attack("burpcollaborator"),
    attack("dirsearch"),
    plain("curl/"),
    plain("libcurl"),
    plain("wget"),
    plain("python"),
    plain("aiohttp"),
    plain("go-http-client"),
    plain("libwww-perl"),
    plain("lwp::"),
    plain("lwp-"),
    plain("okhttp"),
    plain("java/"),
    plain("apache-httpclient"),
    plain("axios/"),
    plain("node-fetch"),
    plain("undici"),
    plain("guzzlehttp"),
    plain("php/"),
    plain("ruby"),
    plain("httpie"),
    plain("fasthttp"),
    plain("scrapy"),
    plain("postmanruntime"),
    plain("powershell"),
    plain("windowspowershell"),
    plain("winhttp"),
    plain("urlgrabber"),
};

}  // namespace

AgentKind scanner_agent(std::string_view agent) {
  static const WordFinder kFinder(kNames);
  unsigned bits = 0;
  kFinder.find(agent.substr(0, kLongestAgent),
               [&](const Word& word, size_t) { bits |= word.bits; });
  if ((bits & kAttack) != 0) {
    return AgentKind::kAttackTool;
  }
  return bits != 0 ? AgentKind::kPlainTool : AgentKind::kOther;
}

}  // namespace genba::parse
