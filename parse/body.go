package parse

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/internal/pyjson"
)

// jsonBody returns the JSON text of a message. RabbitMQ marks an encoded AMQP 1.0 body with
// the property type "amqp-1.0". A body that begins with a zero byte is treated like that
// even without the property, because JSON never begins with a zero byte.
func jsonBody(d *Delivery) ([]byte, error) {
	switch {
	case len(d.Body) == 0:
		return nil, ErrEmpty
	case d.Type == "amqp-1.0" || d.Body[0] == codeDescribed:
		if isMap010(d.Body) {
			return json010(d.Body)
		}
		return sectionBody(d.Body)
	}
	return d.Body, nil
}

// sectionBody finds the body among the sections of an AMQP 1.0 message: one amqp-value, or
// several data sections.
func sectionBody(body []byte) ([]byte, error) {
	r := amqp10{data: body}
	var found []byte
	for len(r.data) > 0 {
		code, err := r.descriptor()
		if err != nil {
			return nil, err
		}
		v, err := r.value(0)
		if err != nil {
			return nil, fmt.Errorf("section %#x: %w", code, err)
		}
		part, err := bodyPart(code, v)
		switch {
		case err != nil:
			return nil, err
		case part == nil: // not part of the body
		case found == nil:
			found = part
		case code == sectionData:
			found = append(bytes.Clone(found), part...)
		default:
			return nil, errors.New("the message has two bodies")
		}
	}
	if found == nil {
		return nil, ErrEmpty
	}
	return found, nil
}

// bodyPart returns a section's part of the body; nil if it has none.
func bodyPart(code uint64, v amqpValue) ([]byte, error) {
	switch {
	case code < sectionHeader || code > sectionFooter:
		return nil, fmt.Errorf("section %#x is not one of an AMQP 1.0 message", code)
	case code == sectionSequence:
		return nil, errors.New("the body is an AMQP 1.0 sequence, which Koji never sends")
	case code != sectionValue && code != sectionData:
		return nil, nil
	case code == sectionValue && v.kind == amqpMap:
		return jsonOfMap(v)
	case v.kind != amqpText && v.kind != amqpBinary:
		return nil, fmt.Errorf("section %#x contains neither text nor bytes", code)
	}
	return v.text, nil
}

// checkText checks that a body is UTF-8. The JSON decoder does not check that, because it
// must accept lone surrogates, which Python writes as escapes.
func checkText(body []byte) error {
	if len(body) == 0 {
		return ErrEmpty
	}
	if !utf8.Valid(body) {
		return errors.New("the body is not UTF-8")
	}
	return nil
}

// maxRawDepth is the maximum nesting of the JSON in an event: decoders of some languages stop
// at a thousand levels.
const maxRawDepth = 500

// compact returns JSON on one line. The text has been parsed before, except for values that
// nest too deeply. If it is not valid or nests deeper than maxRawDepth, compact returns the
// text as a JSON string.
func compact(body []byte) []byte {
	if v := jsontext.Value(bytes.Clone(body)); !pyjson.Deeper(body, maxRawDepth) &&
		v.Compact(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)) == nil {
		return v
	}
	return quoteText(nil, body)
}
