// SPDX-License-Identifier: Apache-2.0
#include "host/filesystem_names.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"

namespace genba::host {

namespace {

enum class Kind : uint8_t { kDisk, kPseudo };

struct Name {
  uint64_t magic;
  std::string_view name;
  Kind kind = Kind::kDisk;
};

constexpr std::array kNames{
    Name{0xef53, "ext4"},  // ext2 and ext3 share it
    Name{0x58465342, "xfs"},
    Name{0x9123683e, "btrfs"},
    Name{0x2fc12fc1, "zfs"},
    Name{0xf2f52010, "f2fs"},
    Name{0x01021994, "tmpfs"},
    Name{0x858458f6, "ramfs"},
    Name{0x794c7630, "overlay"},
    Name{0x61756673, "aufs"},
    Name{0xf15f, "ecryptfs"},
    Name{0x73717368, "squashfs"},
    Name{0xe0f5e1e2, "erofs"},
    Name{0x28cd3d45, "cramfs"},
    Name{0x9660, "iso9660"},
    Name{0x15013346, "udf"},
    Name{0x4d44, "vfat"},
    Name{0x2011bab0, "exfat"},
    Name{0x5346544e, "ntfs"},
    Name{0x7366746e, "ntfs3"},
    Name{0x52654973, "reiserfs"},
    Name{0x3153464a, "jfs"},
    Name{0x3434, "nilfs2"},
    Name{0xca451a4e, "bcachefs"},
    Name{0x24051905, "ubifs"},
    Name{0x958458f6, "hugetlbfs"},
    Name{kProcMagic, "proc", Kind::kPseudo},
    Name{0x62656572, "sysfs", Kind::kPseudo},
    Name{0x27e0eb, "cgroup", Kind::kPseudo},
    Name{0x63677270, "cgroup2", Kind::kPseudo},
    Name{0x1cd1, "devpts", Kind::kPseudo},
    Name{0x64626720, "debugfs", Kind::kPseudo},
    Name{0x74726163, "tracefs", Kind::kPseudo},
    Name{0x73636673, "securityfs", Kind::kPseudo},
    Name{0xf97cff8c, "selinuxfs", Kind::kPseudo},
    Name{0x43415d53, "smackfs", Kind::kPseudo},
    Name{0xcafe4a11, "bpf", Kind::kPseudo},
    Name{0x6e736673, "nsfs", Kind::kPseudo},
    Name{0x6165676c, "pstore", Kind::kPseudo},
    Name{0xde5e81e4, "efivarfs", Kind::kPseudo},
    Name{0x42494e4d, "binfmt_misc", Kind::kPseudo},
    Name{0x19800202, "mqueue", Kind::kPseudo},
    Name{0x62656570, "configfs", Kind::kPseudo},
    Name{0x50495045, "pipefs", Kind::kPseudo},
    Name{0x534f434b, "sockfs", Kind::kPseudo},
    Name{0x09041934, "anon_inodefs", Kind::kPseudo},
    Name{0x67596969, "rpc_pipefs", Kind::kPseudo},
    Name{0x7655821, "resctrl", Kind::kPseudo},
    Name{0x0187, "autofs"},
    Name{0x65735546, "fuse"},
    Name{0x65735543, "fusectl", Kind::kPseudo},
    Name{0x6969, "nfs"},
    Name{0x6e667364, "nfsd", Kind::kPseudo},
    Name{0xff534d42, "cifs"},
    Name{0xfe534d42, "smb2"},
    Name{0x517b, "smb"},
    Name{0x01021997, "9p"},
    Name{0x00c36400, "ceph"},
    Name{0x5346414f, "afs"},
    Name{0x73757245, "coda"},
    Name{0x564c, "ncp"},
    Name{0x01161970, "gfs2"},
    Name{0x7461636f, "ocfs2"},
    Name{0x0bd00bd0, "lustre"},
    Name{0x47504653, "gpfs"},
    Name{0x19830326, "fhgfs"},
    Name{0x786f4256, "vboxsf"},
    Name{0xbacbacbc, "vmhgfs"},
    Name{0xaad7aaea, "panfs"},
    Name{0x7c7c6673, "prlfs"},
};

// As the third-last field of mountinfo spells them, and as filesystem_name() does; a name also
// covers its subtypes ("fuse.x").
constexpr std::array kRemote{
    "nfs",    "nfs4",   "cifs",  "smb3",      "smbfs",    "smb",    "9p",       "ceph",    "afs",
    "coda",   "ncpfs",  "gfs2",  "ocfs2",     "gpfs",     "lustre", "fuse",     "fuseblk", "autofs",
    "fhgfs",  "beegfs", "panfs", "glusterfs", "orangefs", "pvfs2",  "virtiofs", "vboxsf",  "vmhgfs",
    "prl_fs", "prlfs",  "smb2",  "ncp",       "acfs",     "davfs",  "sshfs",    "shfs",    "dlmfs"};

}  // namespace

std::string filesystem_name(uint64_t magic) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Name& name) { return name.magic == magic; });
  return found != kNames.end() ? std::string(found->name) : fmt::format("unknown-{:#x}", magic);
}

bool is_remote_filesystem(std::string_view type) {
  const std::string_view family = type.substr(0, type.find('.'));
  return std::find(kRemote.begin(), kRemote.end(), family) != kRemote.end();
}

bool is_pseudo_filesystem(uint64_t magic) {
  const auto found = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Name& name) { return name.magic == magic; });
  return found != kNames.end() && found->kind == Kind::kPseudo;
}

}  // namespace genba::host
