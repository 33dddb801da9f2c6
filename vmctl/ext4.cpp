// What we ask of mke2fs, debugfs, e2fsck and resize2fs, and how their answers are judged.
#include "vmctl/ext4.hpp"

#include "vmctl/disk_tool.hpp"
#include "vmctl/private_file.hpp"

#include <algorithm>
#include <regex>
#include <string_view>
#include <utility>

namespace vmctl {
namespace {

using std::filesystem::path;

// Spelled out, so that no host's mke2fs.conf decides what the guest's kernel must understand: all
// of it is in Linux 4.19, the stock boot2docker ISO's.
constexpr const char* features =
    "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,"
    "large_file,huge_file,dir_nlink,extra_isize,metadata_csum";

std::uint64_t little_endian(
    std::span<const unsigned char, superblock_size> block, std::size_t at, std::size_t size
)
{
    std::uint64_t number = 0;
    while (size-- > 0) number = number << 8U | block[at + size];
    return number;
}

// The directories above the files, parents first; true: private.
std::map<path, bool> directories_of(const std::vector<seed_file>& files)
{
    std::map<path, bool> result;
    for (const auto& file : files) {
        const auto parent = path(file.path).parent_path();
        result[parent] |= (file.mode & 077U) == 0;
        for (auto above = parent.parent_path(); !above.empty(); above = above.parent_path())
            result.try_emplace(above, false);
    }
    return result;
}

std::string mode_command(const path& name, unsigned mode)
{
    constexpr std::string_view digits = "01234567";
    std::string text;
    for (unsigned rest = mode; rest != 0; rest /= 8) text.insert(0, 1, digits[rest % 8]);
    return "sif /" + name.string() + " mode 0" + text + "\n";
}

std::string owner_commands(const path& name)
{
    return "sif /" + name.string() + " uid 0\nsif /" + name.string() + " gid 0\n";
}

void empty_directory(const path& directory)
{
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        std::filesystem::remove_all(entry.path());
}

bool holds(const path& file, const seed_file& wanted)
{
    std::error_code none;
    const auto found = std::filesystem::symlink_status(file, none);
    if (!std::filesystem::is_regular_file(found)) return false;
    if (static_cast<unsigned>(found.permissions()) != wanted.mode) return false;
    return read_file(file) == wanted.content;
}

// What debugfs tells of a file: "Inode: 13   Type: regular    Mode:  0644   Flags: 0x80000", and on
// a later line "User: 0 Group: 0 Project: 0 Size: 12".
struct inode {
    bool is_regular = false;
    unsigned mode = 0;
    std::uint64_t size = 0;
};

std::optional<inode> inode_in(const std::string& told)
{
    static const std::regex form(R"(Inode: \d+\s+Type: (\S+)\s+Mode:\s+(\d+)[\s\S]*?Size: (\d+))");
    std::smatch part;
    if (!std::regex_search(told, part, form)) return std::nullopt;
    constexpr unsigned permissions = 07777;
    return inode{
        part[1] == "regular",
        static_cast<unsigned>(std::stoul(part[2], nullptr, 8)) & permissions,
        std::stoull(part[3])};
}

}  // namespace

std::optional<ext4_superblock> parse_superblock(
    std::span<const unsigned char, superblock_size> block
)
{
    constexpr std::uint64_t incompatible_extents = 0x40;
    constexpr std::uint64_t incompatible_64bit = 0x80;
    const auto incompatible = little_endian(block, 0x60, 4);
    if (little_endian(block, 0x38, 2) != 0xEF53 || (incompatible & incompatible_extents) == 0)
        return std::nullopt;
    const auto block_shift = 10 + little_endian(block, 0x18, 4);
    if (block_shift > 16) return std::nullopt;
    auto blocks = little_endian(block, 0x04, 4);
    if (incompatible & incompatible_64bit) blocks |= little_endian(block, 0x150, 4) << 32U;

    ext4_superblock result;
    result.bytes = blocks << block_shift;
    // Sixteen bytes; only a shorter label ends in a zero.
    const auto label = block.subspan<0x78, 16>();
    result.label.assign(label.begin(), std::find(label.begin(), label.end(), 0));
    return result;
}

ext4_image::ext4_image(path file, path scratch, int lock)
    : file_(std::move(file)), scratch_(std::move(scratch)), lock_(lock)
{
}

void ext4_image::require(const std::string& program, const std::vector<std::string>& arguments)
    const
{
    const tool_call call = {program, arguments, {}, lock_};
    const auto result = run_tool(call);
    if (result.exit_code != 0) throw storage_error(failure_of(call, result));
}

void ext4_image::format(const std::string& label, const std::vector<seed_file>& files)
{
    for (const auto& [directory, is_private] : directories_of(files))
        make_private_directory(scratch_ / directory);
    for (const auto& file : files) write_file(scratch_ / file.path, file.content, file.mode);

    // The journal is the one part of an idle file system that the host's disk fills up with.
    const auto mebibytes = std::filesystem::file_size(file_) / (1024UL * 1024);
    const auto journal = std::clamp<std::uint64_t>(mebibytes / 16, 4, 64);
    require(
        "mke2fs",
        {"-q",
         "-F",
         "-t",
         "ext4",
         "-L",
         label,
         "-O",
         features,
         "-b",
         "4096",
         "-I",
         "256",
         // As boot2docker does: images are many small files.
         "-i",
         "8192",
         "-m",
         "0",
         "-J",
         "size=" + std::to_string(journal),
         "-E",
         "root_owner=0:0,lazy_itable_init=1,lazy_journal_init=1",
         "-d",
         scratch_.string(),
         file_.string()}
    );
    empty_directory(scratch_);
    take_ownership(files);
    if (const auto wrong = differing(files); !wrong.empty())
        throw storage_error("mke2fs did not store " + wrong.front().path);
}

void ext4_image::check(check_depth depth)
{
    std::vector<std::string> arguments = {"-p", file_.string()};
    if (depth == check_depth::thorough) arguments.insert(arguments.begin(), "-f");
    const tool_call call = {"e2fsck", arguments, {}, lock_};
    const auto result = run_tool(call);
    // Exit status (e2fsck(8)): 1 and 2 mean that all errors were corrected.
    if (result.exit_code > 2)
        throw storage_error(
            "the file system in " + file_.string() + " is damaged (" + failure_of(call, result) +
            "): repair it with `e2fsck -f " + file_.string() + "`"
        );
}

// debugfs reports failed commands on stderr only; callers judge by what the image holds afterwards.
std::string ext4_image::debugfs(const std::string& commands, bool writable)
{
    write_file(scratch_ / "commands", commands, 0600);
    std::vector<std::string> arguments = {"-f", "commands", file_.string()};
    if (writable) arguments.insert(arguments.begin(), "-w");
    const tool_call call = {"debugfs", arguments, scratch_, lock_};
    const auto result = run_tool(call);
    if (result.exit_code != 0) throw storage_error(failure_of(call, result));
    return result.output;
}

// Asked before each mkdir: debugfs 1.47.0 leaks blocks when it makes a directory that is there.
bool ext4_image::exists(const path& name)
{
    return debugfs("stat /" + name.string() + "\n", false).find("Inode: ") != std::string::npos;
}

// mke2fs copies the owner of its source, whoever we are, and some versions the mode of its root.
void ext4_image::take_ownership(const std::vector<seed_file>& files)
{
    auto commands = owner_commands("") + mode_command("", 0040755);
    for (const auto& [directory, is_private] : directories_of(files))
        commands +=
            owner_commands(directory) + mode_command(directory, is_private ? 0040700 : 0040755);
    for (const auto& file : files) commands += owner_commands(file.path);
    debugfs(commands, true);
    empty_directory(scratch_);
}

std::vector<seed_file> ext4_image::differing(const std::vector<seed_file>& wanted)
{
    std::string commands;
    for (std::size_t index = 0; index < wanted.size(); ++index)
        commands += "dump -p /" + wanted[index].path + " " + std::to_string(index) + "\n";
    debugfs(commands, false);
    std::vector<seed_file> result;
    for (std::size_t index = 0; index < wanted.size(); ++index)
        if (!holds(scratch_ / std::to_string(index), wanted[index]))
            result.push_back(wanted[index]);
    empty_directory(scratch_);
    return result;
}

std::vector<seed_file> ext4_image::additions(const std::vector<seed_file>& seed)
{
    std::vector<seed_file> result;
    for (const auto& wanted : seed) {
        if (wanted.policy == seed_policy::if_missing && !exists(wanted.path))
            result.push_back(wanted);
        if (wanted.policy == seed_policy::has_line)
            if (auto completed = with_line(wanted)) result.push_back(*std::move(completed));
    }
    return result;
}

// Nothing: it has it. What is not read whole is not written, since it is the user's.
std::optional<seed_file> ext4_image::with_line(seed_file wanted)
{
    const auto name = "/" + wanted.path;
    const auto found = inode_in(debugfs("stat " + name + "\n", false));
    if (!found) return wanted;
    debugfs("dump " + name + " content\n", false);
    const auto dumped = scratch_ / "content";
    auto content = std::filesystem::exists(dumped) ? read_file(dumped) : std::string();
    empty_directory(scratch_);
    if (!found->is_regular || content.size() != found->size)
        throw storage_error(
            name + " in " + file_.string() +
            " is not a file that can be changed; add this line to it yourself: " + wanted.content
        );
    if (!content.empty() && !content.ends_with('\n')) content += '\n';
    if (('\n' + content).find('\n' + wanted.content) != std::string::npos) return std::nullopt;
    wanted.content = content + wanted.content;
    wanted.mode = found->mode;
    return wanted;
}

void ext4_image::write(const std::vector<seed_file>& files)
{
    debugfs("dirty\n", true);
    std::string commands;
    for (const auto& [directory, is_private] : directories_of(files)) {
        if (!exists(directory)) commands += "mkdir /" + directory.string() + "\n";
        if (is_private) commands += mode_command(directory, 0040700);
    }
    for (std::size_t index = 0; index < files.size(); ++index) {
        const auto& file = files[index];
        const auto name = std::to_string(index);
        write_file(scratch_ / name, file.content, 0600);
        commands += "rm /" + file.path + "\nwrite " + name + " /" + file.path + "\n";
        commands += mode_command(file.path, 0100000 | file.mode) + owner_commands(file.path);
    }
    debugfs(commands, true);
    empty_directory(scratch_);
    check(check_depth::thorough);
    if (const auto wrong = differing(files); !wrong.empty())
        throw storage_error(
            "cannot write " + wrong.front().path + " into " + file_.string() +
            ": is its file system full?"
        );
}

void ext4_image::grow()
{
    check(check_depth::thorough);
    require("resize2fs", {file_.string()});
}

}  // namespace vmctl
