package main

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strconv"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// taskRecording is the recording from which many different tasks are made.
const taskRecording = "messages-protonmsg.jsonl"

// manyTasks returns n messages about many different tasks, none of which ends. It repeats the
// recorded ones with new ids. Two of three tasks stay FREE, so 40,000 messages are about
// 24,000 tasks.
func manyTasks(recorded []replay.Message, n int) []replay.Message {
	messages := make([]replay.Message, 0, n)
	for copies := 0; len(messages) < n; copies++ {
		before := len(messages)
		for _, m := range recorded {
			switch m.RoutingKey {
			case "koji.task.free":
			case "koji.task.assigned", "koji.task.open":
				if copies%3 != 0 {
					continue
				}
			default:
				continue
			}
			if len(messages) < n {
				messages = append(messages, withOtherIDs(m, copies))
			}
		}
		if len(messages) == before {
			return messages // the recording has no tasks
		}
	}
	return messages
}

// idsPerCopy is more than the highest id in the recording.
const idsPerCopy = 10_000

var idMember = regexp.MustCompile(`"(id|parent)": \d+`)

// withOtherIDs returns a message about another task. Its body is an AMQP 1.0 value
// section with one string.
func withOtherIDs(m replay.Message, copies int) replay.Message {
	const head = 8 // the section, its type, and the length of the string
	body := m.Publishing.Body
	if len(body) < head || !bytes.HasPrefix(body, []byte("\x00\x53\x77\xb1")) {
		return m
	}
	text := idMember.ReplaceAllFunc(body[head:], func(member []byte) []byte {
		name, id, _ := bytes.Cut(member, []byte(": "))
		number, _ := strconv.Atoi(string(id))
		return strconv.AppendInt(append(bytes.Clone(name), ": "...), int64(number+copies*idsPerCopy), 10)
	})
	length := uint32(len(text)) //nolint:gosec // a few kilobytes
	m.Publishing.Body = append(binary.BigEndian.AppendUint32(bytes.Clone(body[:4]), length), text...)
	return m
}
