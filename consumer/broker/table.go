package broker

import (
	"errors"
	"fmt"
	"math"
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

// MaxName is the length of the longest name in AMQP, in bytes.
const MaxName = 255

// TableOf converts arguments from a configuration to a table that the client library can
// send: the library would truncate an int to 32 bits and refuses plain maps.
func TableOf(m map[string]any) (amqp.Table, error) {
	if m == nil {
		return nil, nil
	}
	t := make(amqp.Table, len(m))
	for k, v := range m {
		if len(k) > MaxName {
			return nil, fmt.Errorf("the name %.20q… is longer than %d bytes", k, MaxName)
		}
		f, err := fieldOf(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		t[k] = f
	}
	return t, nil
}

func fieldOf(v any) (any, error) {
	switch v := v.(type) {
	case int:
		return int64(v), nil
	case uint64:
		if v > math.MaxInt64 {
			return nil, fmt.Errorf("%d is too big", v)
		}
		return int64(v), nil
	case map[string]any:
		return TableOf(v)
	case []any:
		return fieldsOf(v)
	}
	if err := (amqp.Table{"": v}).Validate(); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), `table field "" `))
	}
	return v, nil
}

func fieldsOf(list []any) ([]any, error) {
	out := make([]any, len(list))
	for i, v := range list {
		f, err := fieldOf(v)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out[i] = f
	}
	return out, nil
}
