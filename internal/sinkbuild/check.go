package sinkbuild

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/amqp"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// checkSinks returns all mistakes in sinks that package config cannot detect, with their
// positions in the file.
func checkSinks(c *config.Config) (all []config.Problem) {
	add := func(i int, key, message string) {
		full := fmt.Sprintf("sinks[%d].%s", i, key)
		all = append(all, c.Problem(full, "%s", message).Problems...)
	}
	for i := range c.Sinks {
		s := &c.Sinks[i]
		_, err := NewFilter(c, s)
		for _, mistake := range mistakes(err) {
			add(i, mistake.Key, mistake.Message)
		}
		template := ""
		switch {
		case s.Webhook != nil:
			template = s.Webhook.TemplateFile
		case s.Email != nil:
			template = s.Email.TemplateFile
		case s.AMQP != nil:
			if message := comesBack(c, s.AMQP); message != "" {
				add(i, "routing_key", message)
			}
		}
		if _, err := templateFile(template); err != nil {
			add(i, "template_file", err.Error())
		}
	}
	return all
}

// Doubts returns warnings about a valid configuration, with their positions in the file: files
// and programs that do not exist, and filters that no event can pass.
func Doubts(c *config.Config) []config.Problem {
	all := c.Missing()
	for i := range c.Sinks {
		if q := &c.Sinks[i].Queue; q.Type == config.QueueStream && q.Declare == config.DeclareActive && !limited(q) {
			all = append(all, c.Problem(fmt.Sprintf("sinks[%d].queue", i), "the stream keeps everything for ever, unless a policy of the broker limits it; "+
				"set arguments: {x-max-age: 7D}, x-max-length-bytes, or both").Problems...)
		}
		for _, m := range filter.Doubts(rulesOf(&c.Sinks[i])) {
			all = append(all, c.Problem(fmt.Sprintf("sinks[%d].%s", i, m.Key), "%s", m.Message).Problems...)
		}
	}
	slices.SortStableFunc(all, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return all
}

// limited reports whether arguments limit what a stream keeps.
func limited(q *config.Queue) bool {
	return q.Arguments["x-max-age"] != nil || q.Arguments["x-max-length-bytes"] != nil
}

// comesBack returns an error message if a sink would consume the events that an amqp sink
// publishes, else "".
func comesBack(c *config.Config, s *amqp.Config) string {
	key, err := amqp.ParseKey(s.RoutingKey)
	if err != nil {
		return "" // reported elsewhere
	}
	sample := key.For(&event.Event{})
	for i := range c.Sinks {
		other := &c.Sinks[i]
		if other.Exchange != s.PublishTo {
			continue
		}
		for _, topic := range other.Topics {
			if TopicMatches(strings.Split(topic, "."), strings.Split(sample, ".")) {
				return fmt.Sprintf("events would come back in: topic %q of sink %s on the same exchange takes keys like %s; publish to another exchange, or change the topics", topic, other.Name, sample)
			}
		}
	}
	return ""
}

// TopicMatches reports whether a binding key matches a routing key, by the rules of topic
// exchanges. Both are split into words.
func TopicMatches(topic, key []string) bool {
	switch {
	case len(topic) == 0:
		return len(key) == 0
	case topic[0] == "#":
		return TopicMatches(topic[1:], key) || len(key) > 0 && TopicMatches(topic, key[1:])
	case len(key) == 0:
		return false
	}
	return (topic[0] == "*" || topic[0] == key[0]) && TopicMatches(topic[1:], key[1:])
}

// LoadConfig reads a configuration file. It also checks expressions and templates, which
// package config cannot do.
func LoadConfig(path string) (*config.Config, error) {
	return config.Load(path, os.LookupEnv, checkSinks)
}

// ReadConfig is LoadConfig for text from a reader. Paths in it are relative to the working
// directory.
func ReadConfig(name string, from io.Reader) (*config.Config, error) {
	return config.Read(name, from, os.LookupEnv, checkSinks)
}
