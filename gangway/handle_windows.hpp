// Owns a handle of Windows. For the files of Windows alone.
#pragma once

#include <windows.h>

#include <memory>

namespace gangway {

struct handle_closer {
    void operator()(HANDLE handle) const
    {
        if (handle != INVALID_HANDLE_VALUE) ::CloseHandle(handle);
    }
};

using windows_handle = std::unique_ptr<void, handle_closer>;

// What calls that make files return when they fail is not null.
inline windows_handle owned_file(HANDLE handle)
{
    return windows_handle(handle == INVALID_HANDLE_VALUE ? nullptr : handle);
}

}  // namespace gangway
