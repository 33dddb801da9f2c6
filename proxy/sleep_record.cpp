// A line that says of what it is, then what proxy/sleeping_engine makes of it.
#include "proxy/sleep_record.hpp"

#include "vmctl/private_file.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <string>
#include <system_error>
#include <utility>

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace proxy {

namespace {

std::string label_of(const std::string& made_of, const std::string& memory)
{
    return "gangway-asleep " + made_of + " " + memory + "\n";
}

}  // namespace

sleep_record::sleep_record(fs::path file, std::string made_of, vmctl::packed_memory memory)
    : file_(std::move(file)), made_of_(std::move(made_of)), memory_(std::move(memory))
{
}

sleep_record::~sleep_record()
{
    pool_.join();
}

bool sleep_record::exists() const
{
    std::error_code unknown;
    return fs::exists(file_, unknown);
}

void sleep_record::keep(const sleeping_engine& what)
{
    asio::post(pool_, [this, made_of = made_of_, content = encode(what)] {
        write(made_of, content);
    });
}

void sleep_record::write(const std::string& made_of, const std::string& content) const
{
    const auto memory = memory_.identity();
    if (memory.empty()) return;
    try {
        vmctl::write_file(file_, label_of(made_of, memory) + content, 0600);
    } catch (const vmctl::storage_error& error) {
        spdlog::warn("a daemon that comes after this one will wake the VM: {}", error.what());
    }
}

void sleep_record::drop()
{
    asio::post(pool_, [this] {
        std::error_code ignored;
        fs::remove(file_, ignored);
    });
}

std::optional<sleeping_engine> sleep_record::read() const
{
    const auto memory = memory_.identity();
    if (memory.empty() || !exists()) return std::nullopt;
    try {
        const auto content = vmctl::read_file(file_);
        const auto label = label_of(made_of_, memory);
        if (!content.starts_with(label)) return std::nullopt;
        return decode_sleeping_engine(std::string_view(content).substr(label.size()));
    } catch (const vmctl::storage_error& error) {
        spdlog::warn("what was known of the engine that sleeps: {}", error.what());
        return std::nullopt;
    }
}

}  // namespace proxy
