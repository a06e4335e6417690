package profile

import (
	"fmt"
	"strings"
)

const (
	// maxDepth is configparser.MAX_INTERPOLATION_DEPTH.
	maxDepth = 10
	// maxCharge bounds what the references of one profile may come to, in
	// bytes, so that a small file cannot grow without measure. Python has no
	// such bound.
	maxCharge = 1 << 20
)

// expand gives the value of an option with every %(name)s replaced, as Python's
// BasicInterpolation does. Errors point at the option that holds the mistake,
// which may be one that the asked-for option refers to.
func (v *view) expand(key string) (string, error) {
	x := expansion{view: v}
	if err := x.write(key, 1); err != nil {
		return "", err
	}
	return x.out.String(), nil
}

// expansion is one value being put together.
type expansion struct {
	*view
	out strings.Builder
}

func (x *expansion) write(key string, depth int) error {
	if depth > maxDepth {
		return x.mistake(key, fmt.Sprintf("is reached through more than %d references", maxDepth),
			"break the circle, or write the value out")
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

// percent takes what follows a percent sign and returns the text left.
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

// refer writes the value of another option. Like Python it counts the depth
// only of values that have a percent sign themselves.
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

// missing names the unknown option, unless the value that refers to it may be
// a secret.
func (x *expansion) missing(from, to string) error {
	name := "an option which"
	if isKey(from) {
		name = "option " + quote(to) + ", which"
	}
	return x.mistake(from, fmt.Sprintf("refers to %s neither its section nor [DEFAULT] has", name),
		"add that option, or write %% for a percent sign")
}

// emit adds text to the value. The option's own text, at depth 1, is free.
func (x *expansion) emit(key, text string, depth int) error {
	x.out.WriteString(text)
	if depth == 1 {
		return nil
	}
	return x.charge(key, len(text))
}

func (x *expansion) charge(key string, cost int) error {
	if x.charged += cost; x.charged > maxCharge {
		return x.mistake(key, fmt.Sprintf("makes the references of its profile come to more than %d bytes", maxCharge),
			"write the value out")
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
