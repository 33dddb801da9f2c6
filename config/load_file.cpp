// The only part of loading that touches the machine: finds and reads the configuration file.
#include "config/defaults.hpp"
#include "config/load.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

namespace config {
namespace {

// Far more than every setting with a long comment; keeps /dev/zero from filling the memory.
constexpr std::size_t largest_file = std::size_t{1024} * 1024;

[[noreturn]] void fail(const std::string& name, std::string what)
{
    throw config_error({{name, {}, std::move(what)}});
}

[[noreturn]] void fail(const std::string& name, int error)
{
    fail(name, "cannot be read: " + std::generic_category().message(error));
}

}  // namespace

std::optional<file_text> read_file(const std::filesystem::path& path)
{
    const auto name = path.string();
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(name.c_str(), "rb"), close);
    if (!file) {
        // ENOTDIR: the directory that would hold it is something else, so there is none either.
        if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
        fail(name, errno);
    }
    file_text result{name, {}};
    std::array<char, 16384> buffer{};
    while (const auto size = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        result.text.append(buffer.data(), size);
        if (result.text.size() > largest_file)
            fail(name, "is larger than 1 MiB, which no configuration is");
    }
    if (std::ferror(file.get())) fail(name, errno);
    return result;
}

loaded load(const overrides& flags)
{
    const auto where = read_environment();
    std::optional<file_text> file;
    if (flags.config_file) {
        file = read_file(*flags.config_file);
        if (!file) fail(*flags.config_file, ENOENT);
    } else if (const auto path = default_config_file(where); !path.empty()) {
        file = read_file(path);
    }
    return load(where, file, flags);
}

}  // namespace config
