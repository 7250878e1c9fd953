// SPDX-License-Identifier: Apache-2.0
//
// Our words say "genba triage --save DIR"; the responder started ./genba or /media/usb/genba. On a
// compromised host a bare name may be an attacker's program, so a person is shown the name that
// works. JSON and cases keep "genba". Covered by started_as_test.cc.
#pragma once

#include <string>
#include <string_view>

namespace genba::render {

/// `words` with each command "genba VERB" beginning with `program` instead. Raw.
std::string started_as(std::string_view program, std::string_view words);

}  // namespace genba::render
