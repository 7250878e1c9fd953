// SPDX-License-Identifier: Apache-2.0
#include "parse/authorized_keys/authorized_keys.h"

#include <gtest/gtest.h>

#include "parse/authorized_keys/base64.h"

namespace genba::parse {
namespace {

// Public halves of keys made for this test; ssh-keygen -l gave the fingerprints below.
const std::string kEd25519 = "AAAAC3NzaC1lZDI1NTE5AAAAINsiPFs+fHCtKxntR9nxfNH+GlGt/R/vDxJy3g1tC7W5";
const std::string kRsa =
    "AAAAB3NzaC1yc2EAAAADAQABAAABAQDe3F8P5KzszHm5vgJf0dgJ0nRtnscgVJIQ+WY+23Oh6bijjPtD"
    "bxK3TjrMd7e/z/y7FMXYylX/3sSZcnEVGd0+8bnHI+OSZqJCP6LUS5FJFZvMLrhwoFYv1pSLhBYKRkoX"
    "S5NLyQ6clJ3D6V7LJhMzADJsFYGedj8aZdWMulaHWFTnMi5CA7NbDX9Rb6yT14VmBvLjOyGxCk0bB3Hc"
    "zroWRBHApN6U8ogTrkk7ALt0z4zOTJIjNnOQ+fW7a1n3nM4adVKhAaqkM38yKQzoK1nT90BDL2UXedtl"
    "ySU9L36+r1U3O1HERQZA1z3CGnxtbPy8TDw97BtnCuVrenIJssDl";
const std::string kEcdsa =
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBOeYsc10aNQhL2qxNWz+gKHopTNi"
    "goDiIxfXGqkwlj1ut8MedG05PZYZigBtY2yEbKIWVJ8JC5ZvzKQx+jVRxGs=";

TEST(AuthorizedKeys, FingerprintsAndBitsAsSshKeygenPrintsThem) {
  const auto file =
      parse_authorized_keys("ssh-ed25519 " + kEd25519 + " alice@example\nssh-rsa " + kRsa +
                                " bob key with blanks\r\n" + "ecdsa-sha2-nistp256 " + kEcdsa,
                            "k");
  EXPECT_TRUE(file.notes.empty());
  ASSERT_EQ(file.entries.size(), 3U);
  EXPECT_EQ(file.entries[0].fingerprint, "SHA256:TX1vLxfISCpeqMaICWtjDDSjBRS08ScYmqi0g/DL4/o");
  EXPECT_EQ(file.entries[0].comment, "alice@example");
  EXPECT_FALSE(file.entries[0].bits);
  EXPECT_FALSE(file.entries[0].options);
  EXPECT_EQ(file.entries[1].fingerprint, "SHA256:B3VxFKQyNL+C2AQVhuZFsuRyhCgbNmh2+Du+ffij8qQ");
  EXPECT_EQ(file.entries[1].bits, 2048);
  EXPECT_EQ(file.entries[1].comment, "bob key with blanks");
  EXPECT_EQ(file.entries[2].fingerprint, "SHA256:0+PNxvAVjQIfRFWSCAUI77cvyz4tUlcLToZVHt0k5M8");
  EXPECT_FALSE(file.entries[2].comment);
  EXPECT_EQ(file.entries[2].line, 3);
}

TEST(AuthorizedKeys, OptionsWithQuotedBlanksAndCommas) {
  const auto file = parse_authorized_keys(
      "command=\"echo \\\"a, b\\\" ssh-rsa\",no-pty ssh-ed25519 " + kEd25519 +
          "\ncert-authority,principals=\"x,y\" ssh-ed25519 " + kEd25519 + "\n",
      "k");
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_EQ(file.entries[0].options, "command=\"echo \\\"a, b\\\" ssh-rsa\",no-pty");
  const auto options = parse_key_options(*file.entries[0].options);
  ASSERT_EQ(options.size(), 2U);
  EXPECT_EQ(options[0].name, "command");
  EXPECT_EQ(options[0].value, "echo \"a, b\" ssh-rsa");
  EXPECT_EQ(options[1].name, "no-pty");
  EXPECT_FALSE(options[1].value);
  EXPECT_EQ(parse_key_options(*file.entries[1].options).at(1).value, "x,y");
}

TEST(AuthorizedKeys, KeyBeforeANulByteWorksAndIsSeen) {
  const auto file = parse_authorized_keys(
      "ssh-ed25519 " + kEd25519 + '\0' + " hidden\n" + '\0' + "ssh-ed25519 " + kEd25519 + "\n",
      "k");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].key, kEd25519);
  EXPECT_FALSE(file.entries[0].comment);
  ASSERT_EQ(file.notes.size(), 2U);
  EXPECT_EQ(file.notes[0].reason, "line 1: a NUL byte hides the rest of the line");
}

TEST(AuthorizedKeys, BlanksInFrontAndCommentsAndManyBlanksBetween) {
  const auto file =
      parse_authorized_keys("# c\n\n \tssh-ed25519 \t " + kEd25519 + "   x  y \n", "k");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].comment, "x  y");
  EXPECT_EQ(file.entries[0].line, 3);
}

TEST(AuthorizedKeys, TypeThatTheBlobDoesNotConfirmIsNoKey) {
  const auto file = parse_authorized_keys("ssh-rsa " + kEd25519 + " x\n", "k");
  EXPECT_TRUE(file.entries.empty());
  EXPECT_EQ(file.notes.size(), 1U);
}

TEST(AuthorizedKeys, DamagedLinesBecomeNotesAndTheRestIsRead) {
  const auto file = parse_authorized_keys(
      "ssh-ed25519\nssh-ed25519 AAAA=\ngarbage\n2048 35 1234567 old\nssh-ed25519 " + kEd25519 +
          "\nssh-ed25519 " + kEd25519.substr(0, 40) + "\n",
      "k");
  // The shortened key still says its own name and is kept: it is there, if useless.
  EXPECT_EQ(file.entries.size(), 2U);
  EXPECT_EQ(file.notes.size(), 4U);
}

TEST(AuthorizedKeys, UnknownTypeOfALaterReleaseIsRead) {
  // The blob is the string "new-key@example.org" in wire format and nothing else.
  const auto file =
      parse_authorized_keys("new-key@example.org AAAAE25ldy1rZXlAZXhhbXBsZS5vcmc=\n", "k");
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(file.entries[0].algorithm, "new-key@example.org");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  EXPECT_EQ(decode_base64("TWFu"), "Man");
  EXPECT_EQ(decode_base64("TQ=="), "M");
  EXPECT_FALSE(decode_base64("TQ="));
  EXPECT_FALSE(decode_base64("T Q="));
  EXPECT_FALSE(decode_base64("===="));
  EXPECT_FALSE(decode_base64(""));
}

}  // namespace
}  // namespace genba::parse
