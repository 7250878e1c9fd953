// SPDX-License-Identifier: Apache-2.0
#include "collect/filesystem/places.h"

#include <algorithm>
#include <array>

#include "model/tables/users.h"

namespace genba::collect::filesystem {

namespace {

constexpr uint32_t kFullDepth = 64;
// One place cannot use up a default run: a home with a build tree has a few 100,000 files.
constexpr uint64_t kDefaultEntries = 400'000;
constexpr uint64_t kDefaultHomeEntries = 60'000;
constexpr uint64_t kDeepEntries = 2'000'000;
// A system account's home is often the data directory of a service.
constexpr uint32_t kServiceDepth = 2;
constexpr uint64_t kServiceEntries = 5'000;
constexpr size_t kMaxHomes = 2'000;
constexpr int64_t kFirstOrdinaryUid = 1000;  // UID_MIN of login.defs(5)
constexpr int64_t kNobody = 65534;

struct FixedPlace {
  std::string_view path;
  PlaceKind kind;
  uint32_t depth = kFullDepth;
};

constexpr FixedPlace kFirst[] = {
    {"/", PlaceKind::kPlain, 0},
    {"/usr", PlaceKind::kPlain, 0},
    {"/var", PlaceKind::kPlain, 0},
    {"/var/spool", PlaceKind::kPlain, 0},
    {"/opt", PlaceKind::kPlain, 0},
    {"/home", PlaceKind::kPlain, 0},
    {"/tmp", PlaceKind::kPlain},
    {"/var/tmp", PlaceKind::kPlain},
    {"/dev", PlaceKind::kPlain},
    {"/run", PlaceKind::kPlain},
    {"/root", PlaceKind::kPlain},
    {"/etc", PlaceKind::kPlain},
    {"/bin", PlaceKind::kPrograms},
    {"/sbin", PlaceKind::kPrograms},
    {"/usr/bin", PlaceKind::kPrograms},
    {"/usr/sbin", PlaceKind::kPrograms},
    {"/usr/local", PlaceKind::kPrograms},
    {"/usr/libexec", PlaceKind::kPrograms},
    {"/var/spool/cron", PlaceKind::kPlain},
    {"/var/spool/at", PlaceKind::kPlain},
    {"/boot", PlaceKind::kPlain},
    {"/lib", PlaceKind::kPrograms},
    {"/lib32", PlaceKind::kPrograms},
    {"/lib64", PlaceKind::kPrograms},
    {"/libx32", PlaceKind::kPrograms},
    {"/usr/lib", PlaceKind::kPrograms},
    {"/usr/lib32", PlaceKind::kPrograms},
    {"/usr/lib64", PlaceKind::kPrograms},
    {"/usr/libx32", PlaceKind::kPrograms},
};

constexpr FixedPlace kSecond[] = {
    {"/var/www", PlaceKind::kPlain},
    {"/srv", PlaceKind::kPlain, 4},
};

// Too broad, or walked already, to be taken as somebody's home.
constexpr std::string_view kNoHomes[] = {
    "/",    "/usr", "/var", "/home", "/opt", "/srv", "/mnt",     "/media",     "/proc",
    "/sys", "/dev", "/run", "/etc",  "/bin", "/lib", "/var/lib", "/var/spool", "/usr/share"};

class Finder {
 public:
  explicit Finder(const Context& context) : context_(context), host_(context.host) {}

  Places find() {
    for (const FixedPlace& fixed : kFirst) {
      add(places_.first, fixed.path, fixed.kind, fixed.depth, kDefaultEntries);
    }
    add_programs_of_opt();
    add_homes();
    for (const FixedPlace& fixed : kSecond) {
      add(places_.second, fixed.path, fixed.kind, fixed.depth, kDefaultHomeEntries);
    }
    for (const std::string_view path :
         {"/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/user"}) {
      if (auto canonical = host_.canonical(path)) {
        places_.volatile_prefixes.push_back(*std::move(canonical) + "/");
      }
    }
    return std::move(places_);
  }

 private:
  // Adds the place where it really lies, unless it is not there or another place covers it.
  void add(std::vector<Place>& group, std::string_view path, PlaceKind kind, uint32_t depth,
           uint64_t entries) {
    auto canonical = host_.canonical(path);
    if (!canonical || (*canonical == "/" && path != "/") || covered(*canonical)) {
      return;
    }
    const auto status = host_.lstat(*canonical);
    if (status && status->type != host::FileType::kDirectory) {
      return;
    }
    if (context_.depth == Depth::kDeep) {
      entries = kDeepEntries;
    }
    group.push_back(Place{*std::move(canonical), kind, depth, entries});
  }

  bool covered(std::string_view path) const {
    const auto covers = [&](const Place& place) {
      if (place.path == path) {
        return true;
      }
      return place.depth == kFullDepth && path.starts_with(place.path) &&
             path[place.path.size()] == '/';
    };
    return std::any_of(places_.first.begin(), places_.first.end(), covers) ||
           std::any_of(places_.second.begin(), places_.second.end(), covers);
  }

  void add_programs_of_opt() {
    const auto entries = host_.read_directory("/opt");
    if (!entries) {
      return;
    }
    for (const host::DirectoryEntry& entry : *entries) {
      for (const std::string_view programs : {"/bin", "/sbin"}) {
        add(places_.second, "/opt/" + entry.name + std::string(programs), PlaceKind::kPrograms,
            kFullDepth, kDefaultHomeEntries);
      }
    }
  }

  void add_homes() {
    if (const auto entries = host_.read_directory("/home")) {
      for (size_t i = 0; i < entries->size() && i < kMaxHomes; ++i) {
        add(places_.second, "/home/" + (*entries)[i].name, PlaceKind::kPlain, kFullDepth,
            kDefaultHomeEntries);
      }
    }
    size_t homes = 0;
    for (const model::User& user : context_.facts.read<model::User>()) {
      const std::string& path = user.directory;
      if (path.empty() || path.front() != '/' || ++homes > kMaxHomes ||
          std::find(std::begin(kNoHomes), std::end(kNoHomes), path) != std::end(kNoHomes)) {
        continue;
      }
      const bool person = user.uid == 0 || (user.uid >= kFirstOrdinaryUid && user.uid != kNobody);
      add(places_.second, path, PlaceKind::kPlain, person ? kFullDepth : kServiceDepth,
          person ? kDefaultHomeEntries : kServiceEntries);
    }
  }

  const Context& context_;
  const host::Host& host_;
  Places places_;
};

}  // namespace

bool Places::is_volatile(std::string_view path) const {
  return std::any_of(volatile_prefixes.begin(), volatile_prefixes.end(),
                     [&](const std::string& prefix) { return path.starts_with(prefix); });
}

Places places_of(const Context& context) {
  return Finder(context).find();
}

}  // namespace genba::collect::filesystem
