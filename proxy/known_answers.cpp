// Answers in the order of their last use, and what ends their truth.
#include "proxy/known_answers.hpp"

#include <iterator>
#include <utility>

namespace proxy {

std::optional<known_answers::moment> known_answers::now() const
{
    if (changing_ > 0) return std::nullopt;
    return changes_;
}

std::optional<std::string> known_answers::find(const std::string& question)
{
    const auto place = places_.find(question);
    if (changing_ > 0 || place == places_.end()) return std::nullopt;
    known_.splice(known_.begin(), known_, place->second);
    return place->second->answer;
}

void known_answers::remember(std::string question, std::string answer, moment asked)
{
    if (const auto place = places_.find(question); place != places_.end()) drop(place->second);
    if (changing_ > 0 || asked != changes_) return;
    if (!has_room_for(question.size() + answer.size())) return;
    known_.push_front({std::move(question), std::move(answer)});
    places_.emplace(known_.front().question, known_.begin());
    size_ += size_of(known_.front());
    while (known_.size() > bounds_.answers || size_ > bounds_.all) drop(std::prev(known_.end()));
}

void known_answers::restore(const std::vector<known_answer>& all)
{
    forget();
    for (auto one = all.rbegin(); one != all.rend(); ++one)
        remember(one->question, one->answer, changes_);
}

void known_answers::forget()
{
    ++changes_;
    places_.clear();
    known_.clear();
    size_ = 0;
}

known_answers::change known_answers::begin_change()
{
    forget();
    ++changing_;
    return change(this);
}

void known_answers::end_change()
{
    forget();
    --changing_;
}

void known_answers::drop(std::list<known_answer>::iterator one)
{
    size_ -= size_of(*one);
    places_.erase(one->question);
    known_.erase(one);
}

}  // namespace proxy
