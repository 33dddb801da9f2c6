// VBoxManage, run to its end. Blocking; each run has a limit, since VirtualBox's own daemon, which
// it asks, may stand still.
#pragma once

#include "vmctl/hypervisor.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace vmctl {

// It ran and said no.
class virtualbox_refusal : public hypervisor_error {
public:
    virtualbox_refusal(const std::string& doing, const std::string& words, std::string code);

    // As code_in() has it; empty: none.
    const std::string& code() const { return code_; }

private:
    std::string code_;
};

// It did not end in time, and was ended.
class virtualbox_silence : public hypervisor_error {
public:
    explicit virtualbox_silence(const std::string& doing);
};

class virtualbox_program {
public:
    // `find` says where VBoxManage is, and is asked at each run until it is found: it may be
    // installed while we are here.
    explicit virtualbox_program(std::function<std::optional<std::filesystem::path>()> find);

    // What it prints. `doing` completes "could not …". Throws `unreachable` when there is none,
    // virtualbox_refusal, virtualbox_silence, and `called_off` soon after that is requested. May be
    // called on several threads.
    std::string run(
        const std::string& doing,
        const std::vector<std::string>& arguments,
        std::chrono::milliseconds patience,
        const std::stop_token& call_off = {}
    ) const;

private:
    std::function<std::optional<std::filesystem::path>()> find_;
};

}  // namespace vmctl
