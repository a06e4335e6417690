package deadletter

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
)

// maxTrimmedNames is the maximum size of HeaderTrimmed in bytes.
const maxTrimmedNames = 512

// Trim returns headers that are smaller by at least excess bytes. It removes the largest
// first, except those of kojiwatch, and names them in [HeaderTrimmed].
func Trim(headers amqp.Table, excess int) amqp.Table {
	h := maps.Clone(headers)
	before, _ := h[HeaderTrimmed].(string) // it was a dead letter before
	excess += publish.FieldSize(HeaderTrimmed, strings.Repeat(" ", maxTrimmedNames))
	delete(h, HeaderTrimmed)
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(h)), isOwn)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(publish.FieldSize(b, h[b]), publish.FieldSize(a, h[a])) })
	n := 0
	for ; n < len(names) && excess > 0; n++ {
		excess -= publish.FieldSize(names[n], h[names[n]])
		delete(h, names[n])
	}
	if text, ok := h[HeaderError].(string); ok && excess > 0 {
		h[HeaderError] = message.PlainText(text, max(len(text)-excess, 0))
	}
	if before != "" {
		names, n = slices.Insert(names, 0, before), n+1
	}
	h[HeaderTrimmed] = listed(names[:n])
	return h
}

// isOwn reports whether a header is one of kojiwatch, whose size is bounded.
func isOwn(name string) bool {
	return slices.Contains(deathHeaders(), name) ||
		slices.Contains([]string{HeaderExchange, HeaderRoutingKey, HeaderUserID, HeaderExpiration}, name)
}

// listed joins as many names as fit into maxTrimmedNames.
func listed(names []string) string {
	const room = maxTrimmedNames - len(" and 1000000 more")
	text := ""
	for i, name := range names {
		longer := strings.TrimPrefix(text+", "+message.PlainText(name, room), ", ")
		if len(longer) > room {
			return text + " and " + strconv.Itoa(len(names)-i) + " more"
		}
		text = longer
	}
	return text
}
