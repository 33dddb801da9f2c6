// For systems that tell nobody.
#include "vmctl/clock_watch.hpp"

namespace vmctl {

class clock_watch::timer {};

clock_watch::clock_watch(const boost::asio::any_io_executor&, std::function<void()>) {}

clock_watch::~clock_watch() = default;

}  // namespace vmctl
