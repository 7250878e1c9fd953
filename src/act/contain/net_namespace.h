// SPDX-License-Identifier: Apache-2.0
//
// The network namespaces of a host, and how to get into one and out again. A namespace is known by
// its inode; what is opened to enter it is compared with that, so that neither a process number
// that was given out again nor a mount at the wrong place leads elsewhere. One that nobody lives in
// and that is mounted nowhere may still be held open by a descriptor: it cannot be entered, and
// whoever holds it is seen only by its packets. Sources: namespaces(7), setns(2), nsfs. Covered by
// apply_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "act/contain/containment.h"
#include "base/result.h"
#include "host/host.h"
#include "model/containment.h"
#include "sys/fd.h"

namespace genba::act {

/// The namespace of this thread, open.
struct OwnNamespace {
  sys::Fd fd;
  int64_t inode = 0;
};
base::Result<OwnNamespace> open_own_namespace();

/// All others that processes live in or that are mounted where we see it, by inode. Reads one link
/// a process.
std::vector<model::OtherNamespace> list_other_namespaces(const host::Host& host, int64_t own_inode);

/// Opens the namespace by the process, by any other that lives there, or by its path. kGone when
/// there is none of these.
base::Result<sys::Fd> open_namespace(const host::Host& host, ContainedNamespace& where);

/// Runs `body` inside; back again before it returns. Only with one thread. The process aborts when
/// it cannot come back, because whatever it did next would happen in the wrong place.
base::Result<void> inside_namespace(const OwnNamespace& own, const sys::Fd& other,
                                    const std::function<base::Result<void>()>& body);

}  // namespace genba::act
