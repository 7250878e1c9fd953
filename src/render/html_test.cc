// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "base/text.h"
#include "fmt/format.h"
#include "model/tables/auth_events.h"
#include "model/tables/log_files.h"
#include "model/tables/logins.h"
#include "model/tables/process_open_sockets.h"
#include "model/tables/processes.h"
#include "render/report.h"
#include "render/words.h"
#include "support/compromised_report.h"
#include "support/golden.h"

namespace genba::render {
namespace {

using model::Language;

constexpr Language kBoth[] = {Language::kEnglish, Language::kJapanese};

std::string_view name(Language language) {
  return language == Language::kJapanese ? "ja" : "en";
}

// The names of all elements that the page opens.
std::set<std::string> elements_of(const std::string& page) {
  std::set<std::string> found;
  for (size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const size_t end = page.find_first_of(" >\n", at);
    if (page[at + 1] != '/') {
      found.insert(page.substr(at + 1, end - at - 1));
    }
  }
  return found;
}

size_t count(const std::string& page, std::string_view what) {
  size_t times = 0;
  for (size_t at = page.find(what); at != std::string::npos; at = page.find(what, at + 1)) {
    ++times;
  }
  return times;
}

TEST(Html, CompromisedHostInBothLanguages) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  for (const Language language : kBoth) {
    test::expect_golden(fmt::format("src/render/samples/compromised.{}.html", name(language)),
                        render_html(fixture.report, language));
  }
}

TEST(Html, NothingFoundSaysWhatItRestsOn) {
  test::ReportFixture fixture;
  test::make_quiet(fixture);
  for (const Language language : kBoth) {
    const std::string page = render_html(fixture.report, language);
    EXPECT_NE(page.find(word(Word::kNothingFound, language)), std::string::npos);
    EXPECT_NE(page.find("genba triage --root DIR"), std::string::npos);
    EXPECT_EQ(page.find("class=\"verdict compromised\""), std::string::npos);
  }
}

TEST(Html, ReferencesNothingOutsideAndRunsNothing) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const std::string page = render_html(fixture.report, Language::kEnglish);
  for (const std::string_view bad : {"<script", "src=", "url(", "@import", "http://", "https://",
                                     "<link", "<iframe", "<img", "javascript:"}) {
    EXPECT_EQ(page.find(bad), std::string::npos) << bad;
  }
  for (size_t at = page.find("href=\""); at != std::string::npos;
       at = page.find("href=\"", at + 1)) {
    EXPECT_EQ(page[at + 6], '#');
  }
}

// A name can close no element, open none and set no attribute: the hostile page has the elements,
// and as many links and ids, as the plain one.
TEST(Html, AnAttackersNamesCannotBreakOut) {
  test::ReportFixture plain;
  test::make_compromised(plain);
  test::ReportFixture hostile;
  test::make_hostile(hostile);
  for (const Language language : kBoth) {
    const std::string expected = render_html(plain.report, language);
    const std::string page = render_html(hostile.report, language);
    EXPECT_TRUE(base::is_valid_utf8(page));
    EXPECT_EQ(elements_of(page), elements_of(expected));
    EXPECT_EQ(count(page, " href="), count(expected, " href="));
    EXPECT_EQ(page.find("<img"), std::string::npos);
    EXPECT_EQ(page.find("</script"), std::string::npos);
    EXPECT_EQ(count(page, "</style>"), 1U);
    for (size_t at = 0; at < page.size();) {
      const uint32_t c = base::next_code_point(page, at);
      EXPECT_TRUE((c >= 0x20 && c < 0x7F) || c == '\n' || c >= 0xA0) << c;
      EXPECT_NE(c, 0x202EU);
      EXPECT_NE(c, 0x200BU);
    }
  }
}

TEST(Html, AHundredThousandOfEverythingStaysBelowFiveMegabytes) {
  test::ReportFixture fixture;
  test::make_huge(fixture, 100'000);
  const std::string page = render_html(fixture.report, Language::kJapanese);
  EXPECT_LE(page.size(), 5'000'000U);
  EXPECT_NE(page.find("全100,012件"), std::string::npos) << "the processes are counted";
  EXPECT_NE(page.find("全100,005件"), std::string::npos) << "the findings are counted";
  EXPECT_NE(page.find("<section id=\"how\""), std::string::npos) << "the end is reached";
}

TEST(Html, ListenerIsNoConnection) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const std::string before = render_html(fixture.report, Language::kEnglish);
  model::ProcessOpenSocket listener;
  listener.pid = 4242;
  listener.socket = 99;
  listener.protocol = "tcp";
  listener.local_address = "127.0.0.9";
  listener.local_port = 39999;
  listener.state = "LISTEN";
  fixture.facts.rows<model::ProcessOpenSocket>().push_back(listener);
  EXPECT_EQ(render_html(fixture.report, Language::kEnglish), before);
}

TEST(Html, ParentsInACircleAreShownOnce) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  auto& processes = fixture.facts.rows<model::Process>();
  for (auto& process : processes) {
    if (process.pid == 4242) {
      process.parent = 4250;
    }
  }
  const std::string page = render_html(fixture.report, Language::kEnglish);
  EXPECT_EQ(count(page, "<td class=\"number\">4242</td>"), 1U);
  EXPECT_EQ(count(page, "<td class=\"number\">4250</td>"), 1U);
}

TEST(Html, ReportWithoutFactsSaysThatNothingWasRead) {
  test::ReportFixture fixture;
  fixture.report.facts = &fixture.facts;
  fixture.report.judgement = &fixture.judgement;
  const std::string page = render_html(fixture.report, Language::kEnglish);
  EXPECT_EQ(count(page, "Not read in this run."), 5U);
}

TEST(Html, EveryLinkLeadsSomewhere) {
  test::ReportFixture fixture;
  test::make_compromised(fixture);
  const std::string page = render_html(fixture.report, Language::kEnglish);
  for (size_t at = page.find("href=\"#"); at != std::string::npos;
       at = page.find("href=\"#", at + 1)) {
    const size_t start = at + 7;
    const std::string target = page.substr(start, page.find('"', start) - start);
    EXPECT_EQ(count(page, fmt::format("id=\"{}\"", target)), 1U) << target;
  }
}

// A bar's figure without its word may be attempts or logins; the right edge is the last piece's
// end.
TEST(Html, ChartOfLogsNamesItsFiguresAndItsEdges) {
  test::ReportFixture fixture;
  test::make_quiet(fixture);
  model::LogFile file;
  file.path = file.source = "/var/log/auth.log";
  file.lines = 3;
  fixture.facts.rows<model::LogFile>().push_back(file);
  model::AuthEvent attempt;
  attempt.outcome = "failed";
  attempt.address = "203.0.113.7";
  attempt.count = 5;
  attempt.time = attempt.last_time = base::timestamp_from_unix(1'795'262'400);
  ASSERT_TRUE(fixture.facts.append_large(attempt));
  model::Login login;
  login.username = "root";
  login.time = base::timestamp_from_unix(1'795'262'460);
  fixture.facts.rows<model::Login>().push_back(login);
  const std::string page = render_html(fixture.report, Language::kEnglish);
  for (const char* part :
       {">2026-11-21 12:00:00 UTC attempts 5</title>", ">2026-11-21 12:01:00 UTC logins 1</title>",
        ">2026-11-21 12:00</text>", ">2026-11-21 12:02</text>"}) {
    EXPECT_EQ(count(page, part), 1U) << part;
  }
}

}  // namespace
}  // namespace genba::render
