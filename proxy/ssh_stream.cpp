// The program's stream, but for its end, which is held back until the program's exit status is
// known.
#include "proxy/ssh_stream.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace asio = boost::asio;

namespace proxy {
namespace {

// The last line, which is the conclusion.
std::string last_line(std::string text)
{
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

}  // namespace

ssh_stream::ssh_stream(
    asio::any_io_executor executor, std::unique_ptr<child_process> program, std::string name
)
    : executor_(std::move(executor)),
      program_(std::move(program)),
      stream_(program_->take_stream()),
      name_(std::move(name))
{
    program_->on_end([this] { end_wait({}); });
}

ssh_stream::~ssh_stream()
{
    end_wait(asio::error::operation_aborted);
}

std::optional<int> ssh_stream::exit_status() const
{
    return program_ ? program_->exit_status() : std::nullopt;
}

const std::string& ssh_stream::errors() const
{
    static const std::string none;
    return program_ ? program_->errors() : none;
}

std::optional<std::size_t> ssh_stream::read_now(asio::mutable_buffer into)
{
    if (!program_) throw boost::system::system_error(asio::error::operation_aborted, "read");
    if (!no_more_bytes_) {
        try {
            const auto count = stream_->read_now(into);
            if (count != 0U || into.size() == 0) return count;
        } catch (const boost::system::system_error&) {
            // It has gone without having read all that was sent to it. Its status says more.
        }
        no_more_bytes_ = true;
    }
    const auto status = program_->exit_status();
    if (!status) return std::nullopt;
    if (*status == 0) return 0;
    if (std::exchange(works_, false)) {
        const auto said = last_line(program_->errors());
        spdlog::warn(
            "the connection to {} broke: {}",
            name_,
            said.empty() ? "ssh ended with status " + std::to_string(*status) : said
        );
    }
    throw boost::system::system_error(asio::error::connection_reset, "read");
}

bool ssh_stream::write_now(asio::const_buffer& from)
{
    return stream_->write_now(from);
}

bool ssh_stream::finish_now()
{
    return stream_->finish_now();
}

void ssh_stream::start_wait(readiness what, wait_completion& done, asio::cancellation_slot slot)
{
    if (what != readiness::readable || !no_more_bytes_) {
        stream_->start_wait(what, done, slot);
        return;
    }
    awaits_end_ = &done;
    slot_ = slot;
    if (slot_.is_connected())
        slot_.assign([this](asio::cancellation_type) { end_wait(asio::error::operation_aborted); });
    if (!program_) {
        end_wait(asio::error::operation_aborted);
    } else if (program_->exit_status()) {
        end_wait({});
    }
}

void ssh_stream::abort() noexcept
{
    stream_->abort();
    program_.reset();
    end_wait(asio::error::operation_aborted);
}

int ssh_stream::plain_descriptor() const noexcept
{
    return stream_->plain_descriptor();
}

void ssh_stream::plain_blocked(readiness what) noexcept
{
    stream_->plain_blocked(what);
}

// Posted, since the wait must not be over before it has begun. It outlives us if need be.
void ssh_stream::end_wait(boost::system::error_code failure)
{
    if (awaits_end_ == nullptr) return;
    asio::post(executor_, [done = std::exchange(awaits_end_, nullptr), failure] {
        done->complete(failure);
    });
}

}  // namespace proxy
