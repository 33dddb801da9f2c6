// What is known of an engine that sleeps, in a file beside its VM's memory, for the daemon that
// comes after this one.
#pragma once

#include "proxy/sleeping_engine.hpp"
#include "vmctl/packed_memory.hpp"

#include <boost/asio/thread_pool.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace proxy {

// What was kept holds for as long as `memory` is the one that was saved then; nothing is kept where
// nobody can tell that. Nor does it where `made_of`, of one line, is something else.
class sleep_record {
public:
    sleep_record(std::filesystem::path file, std::string made_of, vmctl::packed_memory memory);
    sleep_record(const sleep_record&) = delete;
    sleep_record& operator=(const sleep_record&) = delete;
    // What is to be kept is on the disk afterwards.
    ~sleep_record();

    // Of what is kept from now on.
    void is_made_of(std::string what) { made_of_ = std::move(what); }

    bool exists() const;

    // In the background, as drop(), in the order of the calls. That it cannot be written is logged.
    void keep(const sleeping_engine& what);
    void drop();

    // Nothing: there is none that holds.
    std::optional<sleeping_engine> read() const;

private:
    void write(const std::string& made_of, const std::string& content) const;

    const std::filesystem::path file_;
    std::string made_of_;
    const vmctl::packed_memory memory_;
    boost::asio::thread_pool pool_{1};
};

}  // namespace proxy
