// The packed file: a line of text that says of what it is the rest, then one frame of zstd (RFC
// 8878) with a checksum.
#include "vmctl/packed_memory.hpp"

#include "config/environment.hpp"
#include "vmctl/domain_metadata.hpp"
#include "vmctl/private_file.hpp"
#include "vmctl/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;

namespace vmctl {

namespace {

constexpr std::string_view magic = "gangway-memory-1";

// On one core at least as fast as most disks; deeper levels gain little on memory.
constexpr int level = 1;

[[noreturn]] void throw_error(const char* doing, const fs::path& file)
{
    throw storage_error(
        std::string("cannot ") + doing + " " + file.string() + ": " +
        std::generic_category().message(errno)
    );
}

// A file, read and written from its start on.
class stream {
public:
    stream(fs::path path, unique_descriptor file) : path_(std::move(path)), file_(std::move(file))
    {
    }

    // Nothing: there is none.
    static std::optional<stream> open(const fs::path& path, int mode)
    {
        unique_descriptor file(::open(path.c_str(), mode | O_CLOEXEC));
        if (!file && errno == ENOENT) return std::nullopt;
        if (!file) throw_error("open", path);
        return stream(path, std::move(file));
    }

    std::uint64_t size() const
    {
        struct stat found = {};
        if (::fstat(file_.get(), &found) != 0) throw_error("look at", path_);
        return static_cast<std::uint64_t>(found.st_size);
    }

    // Less than asked for only at the end.
    std::string_view read(std::vector<char>& into)
    {
        std::size_t filled = 0;
        while (filled < into.size()) {
            const auto count = ::read(file_.get(), into.data() + filled, into.size() - filled);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_error("read", path_);
            if (count == 0) break;
            filled += static_cast<std::size_t>(count);
        }
        return {into.data(), filled};
    }

    void write(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto count = ::write(file_.get(), bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) throw_error("write", path_);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    void cut(std::uint64_t size)
    {
        if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) throw_error("cut", path_);
    }

    void sync() const
    {
        if (::fsync(file_.get()) != 0) throw_error("write", path_);
    }

    const unique_descriptor& descriptor() const { return file_; }

private:
    fs::path path_;
    unique_descriptor file_;
};

std::string digest_of(std::string_view bytes)
{
    sha256 digest;
    digest.add(bytes);
    return digest.hex();
}

// What the packed file is the rest of.
struct label {
    std::uint64_t size = 0;
    std::string digest;  // of what libvirt's file keeps

    static constexpr std::size_t length = 128;

    std::string text() const
    {
        auto line = std::string(magic) + " " + std::to_string(size) + " " + digest;
        line.resize(length - 1, ' ');
        return line + "\n";
    }

    // Nothing: it is none.
    static std::optional<label> parse(std::string_view text)
    {
        std::istringstream words{std::string(text)};
        std::string first;
        label read;
        words >> first >> read.size >> read.digest;
        if (!words || first != magic) return std::nullopt;
        return read;
    }
};

// False: it was called off.
bool compress(stream& from, stream& to, const std::stop_token& call_off)
{
    const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(
        ZSTD_createCCtx(), &ZSTD_freeCCtx
    );
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    std::vector<char> read(ZSTD_CStreamInSize());
    std::vector<char> made(ZSTD_CStreamOutSize());
    bool ended = false;
    while (!ended) {
        if (call_off.stop_requested()) return false;
        const auto bytes = from.read(read);
        const bool last = bytes.size() < read.size();
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        do {
            ZSTD_outBuffer out{made.data(), made.size(), 0};
            const auto left =
                ZSTD_compressStream2(context.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left) != 0)
                throw storage_error(std::string("cannot pack: ") + ZSTD_getErrorName(left));
            to.write({made.data(), out.pos});
            ended = last && left == 0;
        } while (last ? !ended : in.pos < in.size);
    }
    return true;
}

// Gives how many bytes came out.
std::uint64_t decompress(stream& from, stream& to, std::uint64_t most)
{
    const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(
        ZSTD_createDCtx(), &ZSTD_freeDCtx
    );
    std::vector<char> read(ZSTD_DStreamInSize());
    std::vector<char> made(ZSTD_DStreamOutSize());
    std::uint64_t total = 0;
    std::size_t left = 1;  // 0 at the end of a frame
    for (auto bytes = from.read(read); !bytes.empty(); bytes = from.read(read)) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        while (in.pos < in.size) {
            ZSTD_outBuffer out{made.data(), made.size(), 0};
            left = ZSTD_decompressStream(context.get(), &out, &in);
            total += out.pos;
            if (ZSTD_isError(left) != 0 || total > most)
                throw packed_memory::unusable("what was saved of the VM's memory is damaged");
            to.write({made.data(), out.pos});
        }
    }
    return left == 0 ? total : 0;
}

}  // namespace

packed_memory::packed_memory(fs::path file, fs::path packed)
    : file_(std::move(file)), packed_(std::move(packed))
{
}

void packed_memory::pack(const std::stop_token& call_off) const
{
    if (file_.empty()) return;
    auto whole = stream::open(file_, O_RDWR);
    if (!whole || whole->size() <= kept) return;
    std::vector<char> beginning(kept);
    const label what{whole->size(), digest_of(whole->read(beginning))};
    const auto partial = partial_name(packed_);
    stream made(partial, create_file(partial, 0600));
    try {
        made.write(what.text());
        if (!compress(*whole, made, call_off)) {
            ::unlink(partial.c_str());
            return;
        }
        // libvirt does not wait for its file to be on the disk. Its beginning has to be.
        whole->sync();
        commit_file(made.descriptor(), partial, packed_);
    } catch (const storage_error&) {
        ::unlink(partial.c_str());
        throw;
    }
    whole->cut(kept);
}

void packed_memory::unpack() const
{
    if (file_.empty()) return;
    auto whole = stream::open(file_, O_RDWR);
    if (!whole) return;
    const auto size = whole->size();
    std::vector<char> beginning(kept);
    const auto digest = digest_of(whole->read(beginning));
    auto packed = stream::open(packed_, O_RDONLY);
    std::vector<char> text(label::length);
    const auto what = packed ? label::parse(packed->read(text)) : std::nullopt;
    const bool belongs = what && what->digest == digest && what->size > kept;
    // It was never packed.
    if (!belongs && size != kept) return;
    if (!belongs) throw unusable("the rest of what was saved of the VM's memory is missing");
    // Whatever is there: it may be half of it, from the last time.
    const auto rest = what->size - kept;
    if (size != kept) whole->cut(kept);
    require_space(rest);
    try {
        const auto unpacked = decompress(*packed, *whole, rest);
        if (unpacked != rest) throw unusable("what was saved of the VM's memory is not all there");
    } catch (const storage_error&) {
        whole->cut(kept);
        throw;
    }
}

// Nobody but libvirt and we write that file.
std::string packed_memory::identity() const
{
    struct stat found = {};
    std::error_code unknown;
    const auto written = fs::last_write_time(file_, unknown);
    if (file_.empty() || unknown || ::stat(file_.c_str(), &found) != 0) return {};
    // struct stat has it, too, under a name that is not the same everywhere.
    using std::chrono::nanoseconds;
    constexpr auto second = nanoseconds(std::chrono::seconds(1)).count();
    const auto since_epoch = std::chrono::duration_cast<nanoseconds>(
        std::chrono::file_clock::to_sys(written).time_since_epoch()
    );
    std::ostringstream text;
    text << found.st_ino << '-' << found.st_size << '-' << since_epoch.count() / second << '.'
         << since_epoch.count() % second;
    return text.str();
}

// Found out beforehand: to fill the host's disk would hurt others.
void packed_memory::require_space(std::uint64_t bytes) const
{
    std::error_code unknown;
    const auto space = fs::space(file_.parent_path(), unknown);
    if (unknown || space.available > bytes) return;
    constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20;
    throw storage_error(
        "to unpack the VM's memory, " + std::to_string(bytes / mebibyte + 1) +
        " MiB are needed on the disk of " + file_.string() + "; make room and try again"
    );
}

void packed_memory::forget() const
{
    ::unlink(packed_.c_str());
    ::unlink(partial_name(packed_).c_str());
}

fs::path saved_file_of(const std::string& libvirt_uri, const std::string& domain)
{
    if (!libvirt_uri.starts_with("qemu:///session")) return {};
    const auto environment = config::read_environment();
    auto configuration = environment.xdg_config_home;
    if (!configuration.is_absolute()) configuration = environment.home / ".config";
    return configuration / "libvirt/qemu/save" / (domain + ".save");
}

packed_memory memory_of(const config::settings& settings)
{
    return {
        saved_file_of(settings.vm.libvirt_uri, domain_name(settings.instance)),
        settings.state_dir / "memory.zst"};
}

}  // namespace vmctl
