// SPDX-License-Identifier: Apache-2.0
#include "act/freeze/telling_script.h"

#include <gtest/gtest.h>

#include "base/interpreters.h"

namespace genba::act {
namespace {

TEST(TellingScript, WhatAnInterpreterRunsTells) {
  const auto script = [](const char* program, const char* cmdline) {
    return telling_script(program, cmdline);
  };
  EXPECT_EQ(script("/usr/bin/python3.11", "python3 -u -W ignore /dev/shm/w.py x"), "/dev/shm/w.py");
  EXPECT_EQ(script("/usr/bin/perl", "/usr/bin/perl -w -I /usr/lib /tmp/a.pl"), "/tmp/a.pl");
  EXPECT_EQ(script("/usr/bin/php8.2", "php -d x=1 -f /var/tmp/a.php"), "/var/tmp/a.php");
  EXPECT_EQ(script("/usr/bin/dash", "/bin/sh -eu -o pipefail /tmp/run"), "/tmp/run");
  EXPECT_EQ(script("/usr/bin/bash", "bash -- /usr/lib/.x/run"), "/usr/lib/.x/run");
  EXPECT_EQ(script("/usr/bin/node", "node --require /usr/a.js /tmp/b.js"), "/tmp/b.js");
  EXPECT_EQ(script("/usr/bin/awk", "awk -f /tmp/a.awk /etc/passwd"), "/tmp/a.awk");
  EXPECT_EQ(script("/usr/bin/deno", "deno run --allow-all /tmp/a.ts"), "/tmp/a.ts");
  EXPECT_EQ(script("/usr/bin/busybox", "busybox sh /tmp/run"), "/tmp/run");
  EXPECT_EQ(script("/usr/bin/busybox", "sh -c /tmp/run"), "/tmp/run");
  EXPECT_EQ(script("/usr/lib64/ld-linux-x86-64.so.2",
                   "/lib64/ld-linux-x86-64.so.2 --library-path /usr/lib /tmp/.x/miner"),
            "/tmp/.x/miner");
}

TEST(TellingScript, EveryInterpreterIsAskedWhatItRuns) {
  for (const std::string_view name : base::interpreters()) {
    const std::string program = "/usr/bin/" + std::string(name);
    const std::string_view how = name == "java"          ? " -jar "
                                 : name == "busybox"     ? " sh "
                                 : name.ends_with("awk") ? " -f "
                                                         : " ";
    EXPECT_EQ(telling_script(program, program + std::string(how) + "/tmp/x"), "/tmp/x") << name;
  }
}

TEST(TellingScript, JavaRunsAFileOrAClassPath) {
  const auto java = [](const char* cmdline) { return telling_script("/usr/bin/java", cmdline); };
  EXPECT_EQ(java("java -Xmx1g -jar /tmp/x.jar --port 1"), "/tmp/x.jar");
  EXPECT_EQ(java("java -cp /tmp/x:/dev/shm/y.jar Main"), "/tmp/x");
  EXPECT_EQ(java("java -cp /srv/a.jar:/tmp/x Main /tmp/y"), "");
  EXPECT_EQ(java("java -Djava.io.tmpdir=/tmp/e -jar /usr/share/x.jar /tmp/y"), "");
  EXPECT_EQ(java("java -p /tmp/x -m a/b.Main"), "");
}

TEST(TellingScript, ATextTellsByWhatItStarts) {
  const auto sh = [](const char* cmdline) { return telling_script("/usr/bin/dash", cmdline); };
  EXPECT_EQ(sh("sh -c /tmp/a;sleep"), "/tmp/a");
  EXPECT_EQ(sh("sh -c while true; do /tmp/.x/run --log /tmp/l; sleep 1; done"), "/tmp/.x/run");
  EXPECT_EQ(sh("/bin/sh -c nohup /dev/shm/a >/dev/null 2>&1 &"), "/dev/shm/a");
  EXPECT_EQ(sh("sh -c cd /tmp/.x && ./run"), "/tmp/.x/");
  EXPECT_EQ(sh("sh -lc exec python3 /tmp/w.py"), "/tmp/w.py");
  EXPECT_EQ(sh("sh -c . /tmp/env"), "/tmp/env");
  EXPECT_EQ(telling_script("/usr/bin/python3", "python3 -c import os; os.system('/tmp/.x/run')"),
            "/tmp/.x/run");
  EXPECT_EQ(telling_script("/usr/bin/perl", "perl -e exec'/tmp/.x/run'"), "/tmp/.x/run");
}

TEST(TellingScript, ArgumentsAndTargetsDoNot) {
  const auto none = [](const char* program, const char* cmdline) {
    EXPECT_EQ(telling_script(program, cmdline), "") << cmdline;
  };
  none("/usr/bin/dash", "sh -c exec java -Djava.io.tmpdir=/tmp/e -jar /usr/share/x.jar");
  none("/usr/bin/dash", "sh -c /usr/sbin/d --pid /tmp/d.pid > /tmp/log 2>&1");
  none("/usr/bin/dash", "sh -c TMPDIR=/tmp/x make");
  none("/usr/bin/dash", "sh -c cd /tmp/build && make");
  none("/usr/bin/bash", "bash -s /tmp/x");
  none("/usr/bin/python3", "python3 -m http.server --directory /tmp/x");
  none("/usr/bin/python3", "python3 /srv/app.py --socket /tmp/x");
  none("/usr/bin/php8.2", "php -S 127.0.0.1:80 -t /tmp/x");
  none("/usr/bin/awk", "awk {print} /tmp/x");
  none("/usr/bin/busybox", "busybox wget -O /tmp/x http://192.0.2.1/");
  none("/usr/sbin/php-fpm8.2", "php-fpm: pool www");
  none("/usr/bin/vim", "vim /tmp/x");
  none("/usr/bin/dash", "");
  none("", "");
}

TEST(TellingScript, TextsWithinTextsEnd) {
  std::string nested;
  for (int i = 0; i < 1000; ++i) {
    nested += "sh -c ";
  }
  EXPECT_EQ(telling_script("/usr/bin/dash", nested + "/tmp/x"), "");
}

}  // namespace
}  // namespace genba::act
