// Where the VM's image is, and how another one takes its place: beside its directory is the one
// that is to follow (".next") and, until that has proved itself, the one before (".former").
#pragma once

#include "vmctl/download.hpp"
#include "vmctl/image.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace vmctl {

// What a new image is made of.
struct image_source {
    std::string place;   // an absolute path of a directory or of a tar archive, or an archive's URL
    std::string sha256;  // of the archive; empty: it is not compared
};

// Called several times a second while an image is taken in. What it throws ends that, and is
// thrown.
using image_report = std::function<void(const std::string& stage, download_progress so_far)>;

// Any number of these, in any number of processes, may stand for one directory. All that fails
// throws storage_error.
class image_store {
public:
    // An absolute path; nothing happens yet.
    explicit image_store(const std::filesystem::path& directory);

    const std::filesystem::path& directory() const { return directory_; }

    // Blocking, for minutes, and while another process does the same. The image is beside the
    // present one then, whole and verified. Of an earlier one that was never put in nothing is
    // left.
    vm_image take_in(const image_source& source, const image_report& report) const;

    // Whether an image is there to follow that is not the present one.
    bool has_other() const;

    // The image that is to follow is the present one from now on, on trial; the former is kept.
    // Takes no time.
    void put_in() const;

    bool is_on_trial() const;

    // The end of the trial: the former image is the present one again, or there is none any more.
    void take_back() const;
    void keep() const;

    // What another process has begun and not ended is undone. Takes no time.
    void mend() const;

private:
    // `lock` is what the tool holds.
    void unpack(const std::filesystem::path& archive, const image_report& report, int lock) const;
    void copy(const std::filesystem::path& source, const image_report& report) const;
    std::filesystem::path unpacked() const;
    void check_place() const;

    std::filesystem::path directory_;
    std::filesystem::path next_;
    std::filesystem::path former_;
    std::filesystem::path incoming_;   // where one is made, and who makes it has locked
    std::filesystem::path worthless_;  // one that is being removed
};

}  // namespace vmctl
