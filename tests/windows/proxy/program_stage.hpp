// A PATH in which ssh is the test's own program, and a loop on which programs run.
#pragma once

#include "proxy/child_process.hpp"
#include "proxy/deadlines.hpp"
#include "proxy/ssh_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <windows.h>

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// For as long as it lives, the program beside this one, in stand-in/, is what is found.
class stand_in_path {
public:
    stand_in_path() : before_(32768, L'\0')
    {
        const auto size =
            ::GetEnvironmentVariableW(L"PATH", before_.data(), static_cast<DWORD>(before_.size()));
        before_.resize(size);
        std::array<wchar_t, 1024> self{};
        ::GetModuleFileNameW(nullptr, self.data(), static_cast<DWORD>(self.size()));
        const auto directory = std::filesystem::path(self.data()).parent_path() / "stand-in";
        ::SetEnvironmentVariableW(L"PATH", (L"relative;;" + directory.wstring()).c_str());
    }

    stand_in_path(const stand_in_path&) = delete;
    stand_in_path& operator=(const stand_in_path&) = delete;

    ~stand_in_path() { ::SetEnvironmentVariableW(L"PATH", before_.c_str()); }

private:
    std::wstring before_;
};

struct program_stage {
    std::unique_ptr<proxy::ssh_stream> run(std::vector<std::string> actions)
    {
        actions.insert(actions.begin(), "ssh");
        auto program = programs.start(std::move(actions));
        return std::make_unique<proxy::ssh_stream>(
            loop.get_executor(), std::move(program), "ssh://test"
        );
    }

    stand_in_path path;
    boost::asio::io_context loop{1};
    proxy::deadlines deadlines{loop.get_executor()};
    proxy::child_processes programs{loop.get_executor(), deadlines};
};
