// A program that stands in for ssh.exe: the far end's host names what it does, as does the first
// word when nobody calls it as ssh is called. Plain calls of Windows, so that bytes stay as they
// are.
#include <windows.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

bool say(DWORD where, std::string_view text)
{
    while (!text.empty()) {
        DWORD written = 0;
        const auto size = static_cast<DWORD>(text.size());
        if (!::WriteFile(::GetStdHandle(where), text.data(), size, &written, nullptr)) return false;
        text.remove_prefix(written);
    }
    return true;
}

// Empty: the end.
std::string_view hear(std::array<char, 65536>& bytes)
{
    DWORD count = 0;
    const auto size = static_cast<DWORD>(bytes.size());
    if (!::ReadFile(::GetStdHandle(STD_INPUT_HANDLE), bytes.data(), size, &count, nullptr))
        return {};
    return {bytes.data(), count};
}

void copy_to_end()
{
    std::array<char, 65536> bytes;
    for (auto some = hear(bytes); !some.empty(); some = hear(bytes)) say(STD_OUTPUT_HANDLE, some);
}

[[noreturn]] void end(unsigned status)
{
    ::ExitProcess(status);
}

[[noreturn]] void stay()
{
    for (;;) ::Sleep(INFINITE);
}

void say_pid(DWORD pid)
{
    say(STD_OUTPUT_HANDLE, std::to_string(pid) + "\n");
}

// What an engine behind ssh does: it answers a question, then repeats what it hears.
void play_engine()
{
    std::string question;
    std::array<char, 65536> bytes;
    while (question.find("\r\n\r\n") == std::string::npos) {
        const auto some = hear(bytes);
        if (some.empty()) end(1);
        question += some;
    }
    say(STD_OUTPUT_HANDLE, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    copy_to_end();
}

DWORD start_another(const wchar_t* program)
{
    std::wstring line = L"stand-in stay";
    STARTUPINFOW start{};
    start.cb = sizeof start;
    PROCESS_INFORMATION started{};
    if (!::CreateProcessW(
            program, line.data(), nullptr, nullptr, FALSE, 0, nullptr, nullptr, &start, &started
        ))
        end(1);
    return started.dwProcessId;
}

// Whether a handle of the one who has started us is ours, too.
std::string_view has_event(const std::string& number)
{
    const auto handle = reinterpret_cast<HANDLE>(std::stoull(number));
    return ::SetEvent(handle) ? "yes\n" : "no\n";
}

void act(const std::vector<std::string>& words, const std::string& action)
{
    if (action == "echo") {
        copy_to_end();
        say(STD_OUTPUT_HANDLE, "end\n");
    } else if (action == "fails") {
        say(STD_OUTPUT_HANDLE, "out\n");
        say(STD_ERROR_HANDLE, "oh no\n");
        end(255);
    } else if (action == "refused") {
        say(STD_ERROR_HANDLE, "ssh: connect to host refused port 22: Connection refused\r\n");
        end(255);
    } else if (action == "crashes") {
        ::TerminateProcess(::GetCurrentProcess(), 0xC0000005U);
    } else if (action == "stay") {
        stay();
    } else if (action == "deaf") {
        say_pid(::GetCurrentProcessId());
        ::CloseHandle(::GetStdHandle(STD_INPUT_HANDLE));
        ::CloseHandle(::GetStdHandle(STD_OUTPUT_HANDLE));
        stay();
    } else if (action == "parent") {
        std::array<wchar_t, 1024> self{};
        ::GetModuleFileNameW(nullptr, self.data(), static_cast<DWORD>(self.size()));
        say_pid(::GetCurrentProcessId());
        say_pid(start_another(self.data()));
        stay();
    } else if (action == "talks") {
        say(STD_ERROR_HANDLE, std::string(1'000'000, 'x'));
        say(STD_ERROR_HANDLE, "last\n");
        say(STD_OUTPUT_HANDLE, "done\n");
    } else if (action == "event") {
        say(STD_OUTPUT_HANDLE, has_event(words.at(2)));
    } else if (action == "words") {
        for (std::size_t each = 2; each < words.size(); ++each)
            say(STD_OUTPUT_HANDLE, "[" + words[each] + "]\n");
    } else if (action == "language") {
        const char* const language = std::getenv("LC_ALL");
        say(STD_OUTPUT_HANDLE, language != nullptr ? language : "none");
    } else if (action == "engine") {
        play_engine();
    } else {
        end(1);
    }
}

}  // namespace

int main(int count, char** arguments)
{
    const std::vector<std::string> words(arguments, arguments + count);
    std::string action = words.size() > 1 ? words[1] : "";
    for (std::size_t each = 1; each + 1 < words.size(); ++each)
        if (words[each] == "--") action = words[each + 1];
    act(words, action);
    return 0;
}
