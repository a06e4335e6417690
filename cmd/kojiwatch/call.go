package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// CallOptions say what to call.
type CallOptions struct {
	hub.Options
	Method string
	Args   []string // ARG or name=value
	JSON   bool     // one line of JSON, whatever the result
}

// Call calls one method of the hub and prints the result.
func Call(ctx context.Context, streams cliutil.Streams, opts CallOptions) error {
	args, err := callArgs(opts.Args)
	if err != nil {
		return err
	}
	return hub.With(ctx, streams, "", opts.Options, func(ctx context.Context, api kojirpc.API) error {
		result, err := api.Call(ctx, opts.Method, args...)
		if err != nil {
			return err
		}
		return printResult(streams.Out, result, opts.JSON)
	})
}

// callArgs reads arguments: JSON where one is JSON, else text; name=value is a
// named one.
func callArgs(words []string) ([]any, error) {
	var args []any
	named := kojirpc.Named{}
	for _, word := range words {
		name, text, ok := strings.Cut(word, "=")
		if ok && isName(name) {
			named[name] = argument(text)
			continue
		}
		if len(named) > 0 {
			return nil, fmt.Errorf("argument %q comes after a named one; named arguments go last", word)
		}
		args = append(args, argument(word))
	}
	if len(named) > 0 {
		args = append(args, named)
	}
	return args, nil
}

// isName reports whether text can name a parameter in Python.
func isName(text string) bool {
	for i, r := range text {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return text != ""
}

// argument reads one argument. What is no JSON is the text itself, so that most
// texts need no quotes.
func argument(word string) any {
	var v any
	if err := json.Unmarshal([]byte(word), &v); err != nil {
		return word
	}
	return wholeNumbers(v)
}

// wholeNumbers turns JSON's numbers without a fraction into integers, as the
// hub tells them apart.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = wholeNumbers(v[name])
		}
	}
	return v
}

// printResult prints a result: a text as it is, anything else as JSON. JSON
// escapes control characters; a text shows them.
func printResult(w io.Writer, result any, asJSON bool) error {
	if text, ok := result.(string); ok && !asJSON {
		_, err := fmt.Fprintln(w, cliutil.Visible(text))
		return err
	}
	opts := []json.Options{json.Deterministic(true), jsontext.AllowInvalidUTF8(true)}
	if !asJSON {
		opts = append(opts, jsontext.WithIndent("  "))
	}
	text, err := json.Marshal(result, opts...)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}
