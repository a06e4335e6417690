package parse

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonBody returns the JSON text of a message. RabbitMQ marks a body that is
// encoded AMQP 1.0 by the property type "amqp-1.0"; a body that begins like a
// section is taken for one without it, since JSON never begins with a zero.
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

// sectionBody finds the body among the sections of an AMQP 1.0 message:
// one amqp-value, or data sections one after the other.
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
		case part == nil: // no part of the body
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

// bodyPart returns what a section adds to the body, nil if it is not part of
// it.
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
		return nil, fmt.Errorf("section %#x holds neither text nor bytes", code)
	}
	return v.text, nil
}

// checkJSON checks what the JSON decoder leaves open: that the text is UTF-8
// (the decoder is told to let invalid text pass because Python writes lone
// surrogates as escapes) and that it does not nest too deep.
func (p *Parser) checkJSON(body []byte) error {
	if len(body) == 0 {
		return ErrEmpty
	}
	if !utf8.Valid(body) {
		return errors.New("the body is not UTF-8")
	}
	if bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) <= p.opts.MaxDepth {
		return nil // cannot nest too deep, whatever it is
	}
	if depth := jsonDepth(body); depth > p.opts.MaxDepth {
		return fmt.Errorf("the JSON nests %d deep, more than the limit of %d", depth, p.opts.MaxDepth)
	}
	return nil
}

// jsonDepth returns how deep a JSON text nests, without judging it otherwise.
func jsonDepth(body []byte) int {
	depth, deepest := 0, 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		case '"':
			i = skipString(body, i)
		}
	}
	return deepest
}

// skipString returns the index of the quote that ends the string which begins
// at i, or the last index.
func skipString(body []byte, i int) int {
	for i++; i < len(body) && body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i
}

// compact returns JSON on one line. The text has been read whole before, so
// it is valid.
func compact(body []byte) []byte {
	v := jsontext.Value(bytes.Clone(body))
	if err := v.Compact(jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)); err != nil {
		return strconv.AppendQuoteToASCII(nil, string(body))
	}
	return v
}
