// Walks the file's tree along the table.
#include "config/file_settings.hpp"

#include "config/defaults.hpp"
#include "config/suggest.hpp"

#include <utility>

namespace config {
namespace {

constexpr std::string_view instances_key = "instances";

// Far more than one machine has memory for.
constexpr std::size_t most_instances = 256;

class reading {
public:
    explicit reading(const file_text& file) : file_(file) {}

    file_settings take()
    {
        json root;
        parsed_ = parse_document(file_.text, file_.name, root);
        result_.problems = std::move(parsed_.problems);
        if (root.is_object())
            take_section(result_.common, root, {}, {});
        else if (parsed_.is_complete)
            result_.problems.push_back(
                {file_.name, {}, "must hold one object, { … }, not " + describe(root)}
            );
        return std::move(result_);
    }

private:
    std::string source_of(const std::string& place) const
    {
        return position(parsed_, file_.name, place);
    }

    void complain(std::vector<statement>& into, const std::string& place, std::string what)
    {
        into.push_back({nullptr, {}, source_of(place), place, std::move(what)});
    }

    // `above` is the place of the object that holds the sections: empty for the file itself.
    void take_section(
        std::vector<statement>& into,
        const json& object,
        std::string_view above,
        std::string_view section
    )
    {
        const bool outermost = above.empty() && section.empty();
        for (const auto& [name, value] : object.items()) {
            if (outermost && name == "$schema") continue;  // for editors
            const auto path = join(section, key_text(name));
            const auto place = join(above, path);
            // A dot in a name would make it look like a path.
            const bool plain = name.find('.') == std::string::npos;
            if (const auto* const row = plain ? find_row(path) : nullptr)
                into.push_back({row, value, source_of(place), place, {}});
            else if (outermost && name == instances_key)
                take_instances(value);
            else if (section.empty() && name == instances_key)
                complain(into, place, "stands at the top level of the file only");
            else if (!section.empty() || !plain || !is_section(name))
                complain(into, place, about_unknown(section, name, !above.empty()));
            else if (!value.is_object())
                complain(into, place, "must be an object, { … }, not " + describe(value));
            else
                take_section(into, value, above, path);
        }
    }

    void take_instances(const json& all)
    {
        if (!all.is_object())
            return complain(
                result_.common,
                std::string(instances_key),
                "must be an object, { \"NAME\": { … } }, not " + describe(all)
            );
        if (all.size() > most_instances)
            return complain(
                result_.common,
                std::string(instances_key),
                "names " + std::to_string(all.size()) + " instances, and may name " +
                    std::to_string(most_instances)
            );
        for (const auto& [name, value] : all.items()) {
            const auto place = place_of(name);
            if (!is_instance_name(name))
                complain(
                    result_.common,
                    place,
                    "has a name that an instance cannot have: it " + std::string(instance_name_rule)
                );
            if (!value.is_object()) {
                complain(
                    result_.common,
                    place,
                    "must be an object with the instance's settings, { … }, not " + describe(value)
                );
                continue;
            }
            result_.instances.push_back({name, {}});
            take_section(result_.instances.back().statements, value, place, {});
        }
    }

    const file_text& file_;
    document parsed_;
    file_settings result_;
};

}  // namespace

file_settings read_settings(const file_text& file)
{
    return reading(file).take();
}

std::string place_of(std::string_view instance)
{
    return join(instances_key, key_text(instance));
}

}  // namespace config
