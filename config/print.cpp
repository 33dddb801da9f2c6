// Prints the table's rows, one line each, section by section.
#include "config/print.hpp"

#include "config/table.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace config {
namespace {

// A file name may hold a line break; a comment may not.
std::string on_one_line(std::string text)
{
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?'
    );
    return text;
}

// The members of an object, as lines. Those that are not set are comments, which take no comma, so
// commas wait until it is known that something follows.
class member_list {
public:
    explicit member_list(std::string indent) : indent_(std::move(indent)) {}

    // A member that may span lines.
    void add(std::string text, const std::string& comment)
    {
        if (last_member_) texts_[*last_member_] += ",";
        last_member_ = texts_.size();
        texts_.push_back(std::move(text));
        comments_.push_back(comment);
    }

    void add_comment(const std::string& comment)
    {
        texts_.emplace_back();
        comments_.push_back(comment);
    }

    std::string text() const
    {
        std::string all;
        for (std::size_t index = 0; index < texts_.size(); ++index) {
            const auto& gap = texts_[index].empty() || comments_[index].empty() ? "" : "  ";
            const auto& slashes = comments_[index].empty() ? "" : "// ";
            all += indent_ + texts_[index] + gap + slashes + comments_[index] + "\n";
        }
        return all;
    }

private:
    std::string indent_;
    std::vector<std::string> texts_;
    std::vector<std::string> comments_;
    std::optional<std::size_t> last_member_;
};

std::string member(std::string_view name, const std::string& value)
{
    return "\"" + std::string(name) + "\": " + value;
}

void add_row(member_list& list, const row& row, const loaded& configuration)
{
    const auto origin = configuration.origins.find(row.path);
    const auto comment =
        on_one_line(origin == configuration.origins.end() ? "default" : origin->second);
    const auto value = row.write(configuration.values);
    if (value.is_null())
        list.add_comment(
            "\"" + std::string(name_of(row.path)) +
            "\" is not set: " + std::string(row.computed_default) + "  // " + comment
        );
    else
        list.add(
            member(name_of(row.path), value.dump(-1, ' ', false, json::error_handler_t::replace)),
            comment
        );
}

}  // namespace

std::string print(const loaded& configuration)
{
    const std::string indent(4, ' ');
    member_list top(indent);
    for (auto row = table().begin(); row != table().end();) {
        const auto section = section_of(row->path);
        if (section.empty()) {
            add_row(top, *row++, configuration);
            continue;
        }
        member_list inside(indent + indent);
        for (; row != table().end() && section_of(row->path) == section; ++row)
            add_row(inside, *row, configuration);
        top.add(member(section, "{\n" + inside.text() + indent + "}"), {});
    }
    return "// Effective settings of instance \"" + configuration.values.instance +
           "\" and where each came from.\n{\n" + top.text() + "}\n";
}

}  // namespace config
