// For systems that tell nobody.
#include "vmctl/process_watch.hpp"

#include <system_error>

namespace vmctl {

class process_watch::descriptor {};

process_watch::process_watch(const boost::asio::any_io_executor&, int, std::function<void()>)
{
    throw std::system_error(std::make_error_code(std::errc::function_not_supported));
}

process_watch::~process_watch() = default;

}  // namespace vmctl
