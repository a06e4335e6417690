package main

import (
	"errors"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// checkLine is what check found about a file, as JSON.
type checkLine struct {
	File     string        `json:"file,omitempty"`
	Valid    bool          `json:"valid"`
	Problems []problemLine `json:"problems"`
	Warnings []problemLine `json:"warnings"`
	Brokers  []string      `json:"brokers,omitempty"`
	Hub      string        `json:"hub,omitempty"`
	Sinks    []sinkLine    `json:"sinks,omitempty"`
}

// problemLine is a mistake or a warning.
type problemLine struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitzero"`
	Column  int    `json:"column,omitzero"`
	Key     string `json:"key,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// sinkLine is a sink of a valid configuration.
type sinkLine struct {
	Name        string    `json:"name"`
	Type        string    `json:"type"`
	Destination string    `json:"destination,omitempty"`
	Queue       queueLine `json:"queue"`
	Exchange    string    `json:"exchange,omitempty"`
	Topics      []string  `json:"topics"`
	Filter      []string  `json:"filter"`
	DeadLetters string    `json:"dead_letters"`
}

// queueLine is the queue of a sink; without a name the broker chooses one.
type queueLine struct {
	Name    string `json:"name,omitempty"`
	Declare string `json:"declare"`
	Type    string `json:"type"`
}

// line returns what was found as JSON has it.
func (v *checked) line() checkLine {
	l := checkLine{File: v.file, Valid: v.err == nil, Problems: problemsIn(v.file, v.err), Warnings: problemLines(v.warnings)}
	if !l.Valid {
		return l
	}
	l.Brokers, l.Hub = brokersOf(v.config), v.access.Options.Server
	for i := range v.config.Sinks {
		l.Sinks = append(l.Sinks, sinkLineOf(v.config, &v.config.Sinks[i]))
	}
	return l
}

func sinkLineOf(c *config.Config, s *config.Sink) sinkLine {
	l := sinkLine{
		Name: s.Name, Type: string(s.Type), Destination: sinkbuild.Destination(s),
		Queue:  queueLine{s.Queue.Name, string(s.Queue.Declare), string(s.Queue.Type)},
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

// problemsIn returns the mistakes that an error stands for.
func problemsIn(file string, err error) []problemLine {
	var list *config.Error
	switch {
	case err == nil:
		return []problemLine{}
	case errors.As(err, &list):
		return problemLines(list.Problems)
	}
	return []problemLine{{File: file, Message: err.Error()}}
}

func problemLines(problems []config.Problem) []problemLine {
	lines := make([]problemLine, 0, len(problems))
	for _, p := range problems {
		message, hint := splitHint(p.Message)
		lines = append(lines, problemLine{p.File, p.Line, p.Column, p.Key, message, hint})
	}
	return lines
}

// splitHint parts what is wrong from what to do about it, which comes after a semicolon
// outside of quotes.
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
