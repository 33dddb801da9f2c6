// A disk of Windows for tests: it knows names by any letter case, and has links.
#pragma once

#include "config/windows_path.hpp"

#include <map>
#include <string>
#include <vector>

struct windows_disk {
    // As the disk has them.
    std::vector<std::string> directories = {
        R"(C:\)",
        R"(C:\Users)",
        R"(C:\Users\Me)",
        R"(C:\Users\Me\Src)",
        R"(C:\Users\Me\Straße)",
        R"(D:\)",
        R"(D:\Data)",
        R"(E:\)",
        R"(E:\Big)",
    };
    // Where they lead. Another letter case of what is not ASCII counts as a link.
    std::map<std::string, std::string> links = {
        {R"(C:\Users\Me\Link-In)", R"(C:\Users\Me\Src)"},
        {R"(C:\Users\Me\Link-Out)", R"(C:\Windows)"},
        {R"(C:\Work)", R"(C:\Users\Me\Src)"},
        {R"(D:\Moved)", R"(E:\Big)"},
        {R"(Z:\)", R"(\\nas\home\me)"},
        {R"(C:\Users\Me\STRAßE)", R"(C:\Users\Me\Straße)"},
    };

    // See host_paths::real.
    std::string real(const std::string& path) const
    {
        std::string there;
        std::string longest;
        const auto look = [&](const std::string& name, const std::string& leads_to) {
            if (!config::is_within_on_windows(path, name) || name.size() <= longest.size()) return;
            longest = name;
            there = leads_to;
        };
        for (const auto& directory : directories) look(directory, directory);
        for (const auto& [name, leads_to] : links) look(name, leads_to);
        if (longest.empty()) return path;
        return config::read_windows_path(there + '\\' + path.substr(longest.size())).text;
    }
};
