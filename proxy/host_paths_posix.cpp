// By the file system of Linux and macOS.
#include "config/share.hpp"
#include "proxy/host_paths.hpp"

#include <filesystem>

namespace proxy {

std::string real_path(const std::string& path)
{
    std::error_code failed;
    const auto real = std::filesystem::weakly_canonical(path, failed);
    return failed ? path : config::normal(real).string();
}

void make_directory(const std::string& path)
{
    std::error_code failed;
    std::filesystem::create_directories(path, failed);
}

host_paths native_host_paths()
{
    host_paths paths;
    paths.aliases = config::native_host_places().aliases;
    return paths;
}

}  // namespace proxy
