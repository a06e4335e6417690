package recording

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// headers are those of a line, in either form.
type headers amqp.Table

// UnmarshalJSON takes headers as typed if each of them is, else as plain.
func (h *headers) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var raw map[string]any
	if err := d.Decode(&raw); err != nil {
		return fmt.Errorf("headers: %w", err)
	}
	if raw == nil {
		return nil
	}
	read := plainField
	if allTyped(raw) {
		read = typedField
	}
	table, err := readTable(raw, read, 0)
	if err != nil {
		return err
	}
	*h = headers(table)
	return nil
}

func allTyped(raw map[string]any) bool {
	for _, v := range raw {
		if _, _, ok := typed(v); !ok {
			return false
		}
	}
	return true
}

// typed splits {"t": letter, "v" or "b64": value}.
func typed(v any) (letter string, value any, ok bool) {
	m, _ := v.(map[string]any)
	if letter, ok = m["t"].(string); !ok || len(letter) != 1 || len(m) > 2 {
		return "", nil, false
	}
	if text, is := m["b64"].(string); is {
		return letter, b64(text), true
	}
	value, ok = m["v"]
	return letter, value, ok || (letter == "V" && len(m) == 1)
}

// b64 is text that stands for bytes.
type b64 string

// field converts one value of plain or typed headers.
type field func(v any, depth int) (any, error)

func readTable(raw map[string]any, read field, depth int) (amqp.Table, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("headers are nested more than %d deep", maxDepth)
	}
	table := make(amqp.Table, len(raw))
	for name, v := range raw {
		var err error
		if table[name], err = read(v, depth); err != nil {
			return nil, fmt.Errorf("header %q: %w", name, err)
		}
	}
	return table, nil
}

func readList(raw []any, read field, depth int) ([]any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("headers are nested more than %d deep", maxDepth)
	}
	list := make([]any, len(raw))
	for i, v := range raw {
		var err error
		if list[i], err = read(v, depth); err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
	}
	return list, nil
}

// plainField converts plain JSON: integers to int64, other numbers to float64.
func plainField(v any, depth int) (any, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return n, nil
		}
		return v.Float64()
	case map[string]any:
		return readTable(v, plainField, depth+1)
	case []any:
		return readList(v, plainField, depth+1)
	}
	return v, nil
}

func typedField(v any, depth int) (any, error) {
	letter, value, ok := typed(v)
	if !ok {
		return nil, errors.New(`not of the form {"t": letter, "v": value}`)
	}
	switch value := value.(type) {
	case b64:
		return readBytes(letter, string(value))
	case json.Number:
		return readNumber(letter, value.String())
	case string:
		return readText(letter, value)
	case []any:
		if letter == "A" {
			return readList(value, typedField, depth+1)
		}
	case map[string]any:
		switch letter {
		case "F":
			return readTable(value, typedField, depth+1)
		case "D":
			return readDecimal(value)
		}
	case bool:
		if letter == "t" {
			return value, nil
		}
	case nil:
		if letter == "V" {
			return nil, nil
		}
	}
	return nil, fmt.Errorf("a value of type %s cannot be a JSON %T", letter, value)
}

func readBytes(letter, text string) (any, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("b64: %w", err)
	}
	if letter == "x" {
		return raw, nil
	}
	return string(raw), nil
}

func readText(letter, text string) (any, error) {
	switch letter {
	case "x":
		return []byte(text), nil
	case "T":
		return time.Parse(time.RFC3339, text)
	case "f", "d":
		v := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}
		n, ok := v[text]
		if !ok {
			return nil, fmt.Errorf("%q is no number", text)
		}
		if letter == "f" {
			return float32(n), nil
		}
		return n, nil
	}
	return text, nil // S, and short strings of brokers that have them
}

func readNumber(letter, text string) (any, error) {
	switch letter {
	case "b":
		n, err := strconv.ParseInt(text, 10, 8)
		return int8(n), err
	case "B":
		n, err := strconv.ParseUint(text, 10, 8)
		return uint8(n), err
	case "s", "U":
		n, err := strconv.ParseInt(text, 10, 16)
		return int16(n), err
	case "u":
		n, err := strconv.ParseUint(text, 10, 16)
		return uint16(n), err
	case "I":
		n, err := strconv.ParseInt(text, 10, 32)
		return int32(n), err
	case "i":
		n, err := strconv.ParseUint(text, 10, 32)
		return uint32(n), err
	case "f":
		n, err := strconv.ParseFloat(text, 32)
		return float32(n), err
	case "d":
		return strconv.ParseFloat(text, 64)
	case "T":
		n, err := strconv.ParseInt(text, 10, 64)
		return time.Unix(n, 0).UTC(), err
	case "l", "L":
		return strconv.ParseInt(text, 10, 64)
	}
	return nil, fmt.Errorf("a value of type %s cannot be a number", letter)
}

func readDecimal(m map[string]any) (any, error) {
	scale, _ := m["scale"].(json.Number)
	value, _ := m["value"].(json.Number)
	s, err := strconv.ParseUint(scale.String(), 10, 8)
	if err != nil {
		return nil, fmt.Errorf("scale: %w", err)
	}
	v, err := strconv.ParseInt(value.String(), 10, 32)
	if err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	return amqp.Decimal{Scale: uint8(s), Value: int32(v)}, nil
}
