// ReportEvent, and the source's entry in the registry.
#include "gangwayd/event_log_windows.hpp"

#include "gangwayd/windows_text.hpp"

#include <windows.h>

#include <system_error>

namespace {

std::wstring key_of(const std::string& source)
{
    return LR"(SYSTEM\CurrentControlSet\Services\EventLog\Application\)" + wide(source);
}

void check(LSTATUS status, const char* what)
{
    if (status != ERROR_SUCCESS) throw std::system_error(status, std::system_category(), what);
}

}  // namespace

void report_event(const std::string& source, event_kind kind, const std::string& text)
{
    auto* const log = ::RegisterEventSourceW(nullptr, wide(source).c_str());
    if (log == nullptr) return;
    const auto message = wide(text);
    const wchar_t* words[] = {message.c_str()};
    ::ReportEventW(
        log,
        static_cast<WORD>(kind),
        /* wCategory= */ 0,
        event_number(kind),
        nullptr,
        1,
        0,
        words,
        nullptr
    );
    ::DeregisterEventSource(log);
}

void event_log_sink::sink_it_(const spdlog::details::log_msg& message)
{
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    std::string text(formatted.data(), formatted.size());
    text.erase(text.find_last_not_of("\r\n") + 1);
    report_event(source_, kind_of(message.level), text);
}

void install_event_source(const std::string& source, const std::string& program)
{
    HKEY key = nullptr;
    check(
        ::RegCreateKeyExW(
            HKEY_LOCAL_MACHINE,
            key_of(source).c_str(),
            0,
            nullptr,
            0,
            KEY_SET_VALUE,
            nullptr,
            &key,
            nullptr
        ),
        "the event log's entry cannot be made"
    );
    const auto file = wide(program);
    const auto size = static_cast<DWORD>((file.size() + 1) * sizeof(wchar_t));
    const DWORD types = EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE;
    const auto set = [key](const wchar_t* name, DWORD kind, const void* value, DWORD length) {
        return ::RegSetValueExW(key, name, 0, kind, static_cast<const BYTE*>(value), length);
    };
    auto status = set(L"EventMessageFile", REG_SZ, file.c_str(), size);
    if (status == ERROR_SUCCESS) status = set(L"TypesSupported", REG_DWORD, &types, sizeof types);
    ::RegCloseKey(key);
    check(status, "the event log's entry cannot be written");
}

void remove_event_source(const std::string& source)
{
    const auto status = ::RegDeleteKeyW(HKEY_LOCAL_MACHINE, key_of(source).c_str());
    if (status != ERROR_FILE_NOT_FOUND) check(status, "the event log's entry cannot be removed");
}
