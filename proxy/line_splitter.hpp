// Whole lines of a text that comes in pieces. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace proxy {

class line_splitter {
public:
    // Calls `each` with every line that is whole now, with its LF.
    template <class Each>
    void take(std::string_view bytes, Each each)
    {
        for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
            begun_ += bytes.substr(0, end + 1);
            each(std::string_view(begun_));
            begun_.clear();
            bytes.remove_prefix(end + 1);
        }
        begun_ += bytes;
    }

    // What has come of the next one, which is forgotten.
    std::string take_rest() { return std::exchange(begun_, {}); }

private:
    std::string begun_;
};

}  // namespace proxy
