// Package recording writes and reads deliveries as lines of JSON, for the commands record and
// replay and for files of dead letters.
//
// Each line is one object. Its members:
//
//	exchange, routing_key, redelivered, delivery_tag   of basic.deliver
//	properties     the basic properties present; "headers" maps names to
//	               {"t": letter, "v": value}, the letter being the field's type on
//	               the wire, with "b64" in place of "v" for bytes that are not
//	               UTF-8
//	body_b64       the body, exactly
//	body           the body once more, if it is short and UTF-8, for people
//	queue          the queue it was taken from, if known
//	received_at    RFC 3339, if known
//	dead           of dead letters: {"sink", "reason", "error", "time",
//	               "queue", and of failed attempts "attempts", "first_attempt", "last_attempt"}
//
// Reading is lenient, for lines written by hand or by other tools: members may be
// missing or unknown; headers may be plain JSON values; without body_b64 the body
// is that of "body", a string's text or any other value's JSON. Lines as
// fedora-messaging record writes them are read, too, with topic, id, headers and
// priority at the top, and those of fedmsg, with msg and msg_id.
//
// The letters are those of RabbitMQ: t bool, b B int8 and uint8, s u int16 and
// uint16, I i int32 and uint32, l int64, f d floats, D decimal {"scale",
// "value"}, S text, x bytes, T time in seconds, A list, F table, V null. Floats
// that JSON has no number for are the strings NaN, Infinity and -Infinity.
package recording
