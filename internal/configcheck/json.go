package configcheck

import (
	"errors"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// Document is the JSON form of a [Result].
type Document struct {
	File     string    `json:"file,omitempty"`
	Valid    bool      `json:"valid"`
	Problems []problem `json:"problems"`
	Warnings []problem `json:"warnings"`
	Brokers  []string  `json:"brokers,omitempty"`
	Hub      string    `json:"hub,omitempty"`
	Sinks    []sink    `json:"sinks,omitempty"`
}

// problem is a mistake or a warning.
type problem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitzero"`
	Column  int    `json:"column,omitzero"`
	Key     string `json:"key,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// sink is a sink of a valid configuration.
type sink struct {
	Name        string   `json:"name"`
	Type        string   `json:"type"`
	Destination string   `json:"destination,omitempty"`
	Queue       queue    `json:"queue"`
	Exchange    string   `json:"exchange,omitempty"`
	Topics      []string `json:"topics"`
	Filter      []string `json:"filter"`
	DeadLetters string   `json:"dead_letters"`
}

// queue is the queue of a sink; without a name the broker chooses one.
type queue struct {
	Name    string `json:"name,omitempty"`
	Declare string `json:"declare"`
	Type    string `json:"type"`
}

// JSON returns the result in its JSON form.
func (r *Result) JSON() Document {
	l := Document{File: r.File, Valid: r.Err == nil, Problems: problemsIn(r.File, r.Err), Warnings: problemsOf(r.Warnings)}
	if !l.Valid {
		return l
	}
	l.Brokers, l.Hub = brokersOf(r.config), r.access.Options.Server
	for i := range r.config.Sinks {
		l.Sinks = append(l.Sinks, sinkOf(r.config, &r.config.Sinks[i]))
	}
	return l
}

func sinkOf(c *config.Config, s *config.Sink) sink {
	l := sink{
		Name: s.Name, Type: string(s.Type), Destination: sinkbuild.Destination(s),
		Queue:  queue{s.Queue.Name, string(s.Queue.Declare), string(s.Queue.Type)},
		Topics: s.Topics, Filter: sinkbuild.FilterRules(s), DeadLetters: sinkbuild.DeadQueue(s),
	}
	if len(s.Topics) > 0 {
		l.Exchange = s.Exchange
	}
	if s.DeadLetters == config.DeadLettersFile {
		l.DeadLetters = sinkbuild.DeadPath(c, s)
	}
	return l
}

// problemsIn returns the mistakes in an error, which is not always one of the configuration.
func problemsIn(file string, err error) []problem {
	var list *config.Error
	switch {
	case err == nil:
		return []problem{}
	case errors.As(err, &list):
		return problemsOf(list.Problems)
	}
	return []problem{{File: file, Message: err.Error()}}
}

func problemsOf(problems []config.Problem) []problem {
	out := make([]problem, 0, len(problems))
	for _, p := range problems {
		message, hint := splitHint(p.Message)
		out = append(out, problem{p.File, p.Line, p.Column, p.Key, message, hint})
	}
	return out
}

// splitHint separates a mistake from the hint how to correct it, which follows a semicolon
// outside quotes.
func splitHint(text string) (message, hint string) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"' && (i == 0 || text[i-1] != '\\'):
			quoted = !quoted
		case !quoted && strings.HasPrefix(text[i:], "; "):
			return text[:i], text[i+len("; "):]
		}
	}
	return text, ""
}
