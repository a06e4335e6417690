package profile

import (
	"fmt"
	"strings"
)

const (
	// maxDepth is configparser.MAX_INTERPOLATION_DEPTH.
	maxDepth = 10
	// maxCharge limits the size to which the references of one profile expand, in
	// bytes, so that a small file cannot use unlimited memory. Python has no such
	// limit.
	maxCharge = 1 << 20
)

// expand returns the value of an option with every %(name)s replaced, like Python's
// BasicInterpolation. Errors point to the option that contains the mistake, which may
// be one to which the given option refers.
func (v *view) expand(key string) (string, error) {
	x := expansion{view: v}
	if err := x.write(key, 1); err != nil {
		return "", err
	}
	return x.out.String(), nil
}

// expansion is the expansion of one value.
type expansion struct {
	*view
	out strings.Builder
}

func (x *expansion) write(key string, depth int) error {
	if depth > maxDepth {
		return x.mistake(key, fmt.Sprintf("is reached through more than %d references", maxDepth),
			"remove the circular reference, or write out the value")
	}
	e, _ := x.option(key)
	for rest := e.raw; rest != ""; {
		text, tail, found := strings.Cut(rest, "%")
		if err := x.emit(key, text, depth); err != nil {
			return err
		}
		if !found {
			return nil
		}
		var err error
		if rest, err = x.percent(key, tail, depth); err != nil {
			return err
		}
	}
	return nil
}

// percent handles the text after a percent sign and returns the rest.
func (x *expansion) percent(key, tail string, depth int) (rest string, err error) {
	if after, ok := strings.CutPrefix(tail, "%"); ok {
		return after, x.emit(key, "%", depth)
	}
	if !strings.HasPrefix(tail, "(") {
		return "", x.mistake(key, `has a "%" that is not followed by "%" or "("`,
			"write %% for a percent sign")
	}
	name, rest, ok := strings.Cut(tail[1:], ")")
	if !ok || name == "" || !strings.HasPrefix(rest, "s") {
		return "", x.mistake(key, `has a "%(" that does not start a reference`,
			"write %(name)s to refer to another option, or %%( for the text")
	}
	return rest[1:], x.refer(key, lower(name), depth)
}

// refer writes the value of another option. Like Python, it counts the depth only for
// values that contain a percent sign.
func (x *expansion) refer(from, to string, depth int) error {
	target, ok := x.option(to)
	if !ok {
		return x.missing(from, to)
	}
	if err := x.charge(from, 1); err != nil {
		return err
	}
	if strings.Contains(target.raw, "%") {
		return x.write(to, depth+1)
	}
	return x.emit(from, target.raw, depth+1)
}

// missing returns the error for an unknown option. It does not name the option if the
// value that refers to it may be a secret.
func (x *expansion) missing(from, to string) error {
	name := "an option"
	if isKey(from) {
		name = "option " + quote(to)
	}
	return x.mistake(from, fmt.Sprintf("refers to %s that is neither in its section nor in [DEFAULT]", name),
		"add that option, or write %% for a percent sign")
}

// emit adds text to the value. The option's own text, at depth 1, does not count towards
// maxCharge.
func (x *expansion) emit(key, text string, depth int) error {
	x.out.WriteString(text)
	if depth == 1 {
		return nil
	}
	return x.charge(key, len(text))
}

func (x *expansion) charge(key string, cost int) error {
	if x.charged += cost; x.charged > maxCharge {
		return x.mistake(key, fmt.Sprintf("makes the references of its profile longer than %d bytes", maxCharge),
			"write out the value")
	}
	return nil
}

func (x *expansion) mistake(key, problem, remedy string) error {
	e, _ := x.option(key)
	return &Error{
		At:      e.at,
		Problem: fmt.Sprintf("option %s %s", quote(key), problem),
		Remedy:  remedy,
	}
}
