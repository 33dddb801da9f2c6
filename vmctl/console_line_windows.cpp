// A named pipe, with overlapped calls: a read waits on its own for what comes, and is looked at.
#include "vmctl/console_line.hpp"
#include "vmctl/console_shell.hpp"
#include "vmctl/sha256.hpp"

#include <windows.h>

#include <array>
#include <system_error>
#include <utility>

namespace vmctl {
namespace {

struct closer {
    void operator()(HANDLE handle) const { ::CloseHandle(handle); }
};

using owned_handle = std::unique_ptr<void, closer>;

std::string last_words()
{
    return std::system_category().message(static_cast<int>(::GetLastError()));
}

owned_handle connect_to(const std::filesystem::path& path)
{
    // Whoever serves the pipe may know who we are, and not act as us.
    HANDLE pipe = ::CreateFileW(
        path.c_str(),
        GENERIC_READ | GENERIC_WRITE,
        0,
        nullptr,
        OPEN_EXISTING,
        FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
        nullptr
    );
    if (pipe == INVALID_HANDLE_VALUE) console_is_silent(path.string() + ": " + last_words());
    return owned_handle(pipe);
}

// One call that is under way, or none. Its bytes and its event must outlive it.
class overlapped_call {
public:
    explicit overlapped_call(HANDLE pipe)
        : pipe_(pipe), done_(::CreateEventW(nullptr, /* bManualReset= */ TRUE, FALSE, nullptr))
    {
        if (!done_) refuse_console(last_words());
    }

    overlapped_call(const overlapped_call&) = delete;
    overlapped_call& operator=(const overlapped_call&) = delete;

    ~overlapped_call()
    {
        if (!under_way_ || ::CancelIoEx(pipe_, &call_) == 0) return;
        DWORD size = 0;
        ::GetOverlappedResult(pipe_, &call_, &size, /* bWait= */ TRUE);
    }

    bool under_way() const { return under_way_; }

    HANDLE event() const { return done_.get(); }

    OVERLAPPED* begin()
    {
        call_ = {};
        call_.hEvent = done_.get();
        ::ResetEvent(done_.get());
        return &call_;
    }

    // What ReadFile or WriteFile has said.
    void begun(BOOL succeeded)
    {
        if (succeeded == 0 && ::GetLastError() != ERROR_IO_PENDING)
            refuse_console("the VM has let go of it");
        under_way_ = true;
    }

    // How many bytes it has moved; 0 while it is under way.
    std::size_t moved()
    {
        DWORD size = 0;
        if (::GetOverlappedResult(pipe_, &call_, &size, /* bWait= */ FALSE) != 0) {
            under_way_ = false;
            return size;
        }
        if (::GetLastError() == ERROR_IO_INCOMPLETE) return 0;
        under_way_ = false;
        refuse_console("the VM has let go of it");
    }

private:
    HANDLE pipe_;
    owned_handle done_;
    OVERLAPPED call_{};
    bool under_way_ = false;
};

class pipe_line final : public console_line {
public:
    explicit pipe_line(const std::filesystem::path& path)
        : pipe_(connect_to(path)), read_(pipe_.get()), write_(pipe_.get())
    {
    }

    std::string exchange(std::string& to_send, std::chrono::milliseconds patience) override
    {
        if (!read_.under_way()) begin_read();
        if (!write_.under_way() && !to_send.empty()) begin_write(to_send);
        std::array<HANDLE, 2> events = {read_.event(), write_.event()};
        ::WaitForMultipleObjects(
            write_.under_way() ? 2 : 1,
            events.data(),
            /* bWaitAll= */ FALSE,
            static_cast<DWORD>(patience.count())
        );
        if (write_.under_way()) written_.erase(0, write_.moved());
        return {incoming_.data(), read_.moved()};
    }

private:
    void begin_read()
    {
        auto* const call = read_.begin();
        const auto room = static_cast<DWORD>(incoming_.size());
        read_.begun(::ReadFile(pipe_.get(), incoming_.data(), room, nullptr, call));
    }

    // Of a copy: the caller may change its mind.
    void begin_write(std::string& to_send)
    {
        written_ = std::exchange(to_send, {});
        auto* const call = write_.begin();
        const auto size = static_cast<DWORD>(written_.size());
        write_.begun(::WriteFile(pipe_.get(), written_.data(), size, nullptr, call));
    }

    owned_handle pipe_;
    std::array<char, 4096> incoming_{};
    std::string written_;
    overlapped_call read_;  // last: they use all of them
    overlapped_call write_;
};

}  // namespace

std::filesystem::path serial_socket_in(const std::filesystem::path& state_dir)
{
    sha256 digest;
    digest.add(state_dir.string());
    return "\\\\.\\pipe\\gangway-console-" + digest.hex().substr(0, 16);
}

void check_console_place(const std::filesystem::path&) {}

std::unique_ptr<console_line> connect_to_console(const std::filesystem::path& place)
{
    return std::make_unique<pipe_line>(place);
}

}  // namespace vmctl
