// What only Windows uses of spdlog: its console's colours, and files.
#include <spdlog/details/file_helper-inl.h>
#include <spdlog/sinks/rotating_file_sink-inl.h>
#include <spdlog/sinks/wincolor_sink-inl.h>

#include <mutex>

namespace spdlog::sinks {
template class wincolor_sink<details::console_mutex>;
template class wincolor_stdout_sink<details::console_mutex>;
template class wincolor_stderr_sink<details::console_mutex>;
template class rotating_file_sink<std::mutex>;
}  // namespace spdlog::sinks
