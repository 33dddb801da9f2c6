// For systems that tell nobody.
#include "vmctl/directory_watch.hpp"

namespace vmctl {

class directory_watch::notices {};

directory_watch::
    directory_watch(const boost::asio::any_io_executor&, std::filesystem::path, std::function<void()>)
{
}

directory_watch::~directory_watch() = default;

}  // namespace vmctl
