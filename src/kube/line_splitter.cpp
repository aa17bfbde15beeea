#include "kube/line_splitter.hpp"

#include <algorithm>

namespace storewright::kube {

Result<bool> LineSplitter::feed(std::string_view piece, const std::function<bool(std::string_view)>& line) {
    while (true) {
        const auto end = piece.find('\n');
        if (rest_.size() + std::min(end, piece.size()) > max_line)
            return fail(ErrorCode::unavailable, "a line of the watch is too long");
        if (end == std::string_view::npos) {
            rest_.append(piece);
            return true;
        }
        bool go_on = true;
        if (rest_.empty()) {
            if (end > 0) go_on = line(piece.substr(0, end));
        } else {
            rest_.append(piece.substr(0, end));
            go_on = line(rest_);
            rest_.clear();
        }
        piece.remove_prefix(end + 1);
        if (!go_on) return false;
    }
}

}  // namespace storewright::kube
