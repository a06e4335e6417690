package parse

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMessageID is the longest message id taken over as an event id: the
// longest that AMQP 0-9-1 can carry.
const maxMessageID = 255

// eventID returns the event's id: the message id where there is one, else a
// hash over exchange, routing key, application properties and body. What the
// broker itself adds (x-delivery-count, x-received-from, …) does not count, so
// a redelivery and another replica see the same id.
//
// Koji's own plugin sends neither an id nor a time, so two messages that say
// the same (a build is tagged, untagged and tagged again) share one id.
func eventID(d *Delivery, props properties) string {
	if usableID(d.MessageID) {
		return d.MessageID
	}
	h := sha256.New()
	writePart(h, d.Exchange)
	writePart(h, d.RoutingKey)
	if props.section != nil {
		writeBytes(h, props.section)
	} else {
		writeHeaders(h, d.Headers)
	}
	writeBytes(h, d.Body)
	var sum [sha256.Size]byte
	h.Sum(sum[:0])
	var text [32]byte
	hex.Encode(text[:], sum[:16])
	return string(text[:])
}

// usableID reports whether an id from outside may stand in JSON, headers and
// logs as it is.
func usableID(id string) bool {
	if id == "" || len(id) > maxMessageID || !utf8.ValidString(id) {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsGraphic(r) })
}

func writeHeaders(h hash.Hash, headers map[string]any) {
	names := make([]string, 0, len(headers))
	for name := range headers {
		if !strings.HasPrefix(name, "x-") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		writePart(h, name)
		writePart(h, fmt.Sprint(headers[name]))
	}
}

// writePart writes a text with its length before it, so that no two lists of
// texts look alike.
func writePart(h hash.Hash, s string) { writeBytes(h, []byte(s)) }

func writeBytes(h hash.Hash, b []byte) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(b)))
	_, _ = h.Write(size[:])
	_, _ = h.Write(b)
}
