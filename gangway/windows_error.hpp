// What Windows says of a call that has failed. One source file, of Windows.
#pragma once

#include <cstdint>
#include <string>

namespace gangway {

// Of the call before it on this thread.
std::uint32_t last_windows_error();

// As a part of a sentence: without the full stop and line end that Windows has there.
std::string windows_message(std::uint32_t error);

}  // namespace gangway
