package schema

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Env looks up an environment variable and reports whether it is set, like [os.LookupEnv].
type Env = func(name string) (value string, found bool)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

var (
	errDollar   = errors.New("has a $ that begins no variable; write ${NAME} for a variable and $$ for a $")
	errOpen     = errors.New("has a ${ without its }; write ${NAME} for a variable and $$ for a $")
	errVariable = errors.New("has something between ${ and } that is no variable; write ${NAME} or ${NAME:-default}, and $$ for a $")
	errNested   = errors.New("has a variable in the default of another, which is not possible")
	errUnset    = errors.New("uses an environment variable that is not set; set it, or write ${NAME:-default}")
)

// unsetError reports a variable that is not set.
type unsetError struct{ name string }

func (e unsetError) Error() string {
	return fmt.Sprintf("the environment variable %s is not set; set it, or write ${%s:-default}", e.name, e.name)
}

// expand expands the variables in text: ${NAME}, ${NAME:-default if it is not set or empty},
// and $$ for $. Values of variables are not expanded again. The error names a variable only
// if it is the whole text, because ${ within a text may be part of a password.
func expand(text string, env Env) (string, error) {
	var out strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, "$")
		out.WriteString(before)
		switch {
		case !found:
			return out.String(), nil
		case strings.HasPrefix(after, "$"):
			out.WriteByte('$')
			rest = after[1:]
			continue
		case !strings.HasPrefix(after, "{"):
			return "", errDollar
		}
		inner, behind, closed := strings.Cut(after[1:], "}")
		if !closed {
			return "", errOpen
		}
		value, err := lookUp(inner, env)
		if unset := (unsetError{}); errors.As(err, &unset) && text != "${"+inner+"}" {
			err = errUnset
		}
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		rest = behind
		if out.Len() > MaxFile {
			return "", errGrown
		}
	}
}

// lookUp returns the value of the expression between ${ and }.
func lookUp(inner string, env Env) (string, error) {
	name, fallback, hasFallback := strings.Cut(inner, ":-")
	switch {
	case !variableName.MatchString(name):
		return "", errVariable
	case strings.Contains(fallback, "${"):
		return "", errNested
	}
	value, found := env(name)
	switch {
	case hasFallback && value == "":
		return strings.ReplaceAll(fallback, "$$", "$"), nil
	case !found:
		return "", unsetError{name}
	}
	return value, nil
}
