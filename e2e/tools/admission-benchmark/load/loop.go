package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// review is one request, ready to be sent, and what must stand in its answer.
type review struct {
	body     []byte
	expected [2][]byte
}

// readReviews reads the file that the benchmark writes: per line one review with a uid of its own.
func readReviews(path string) ([]review, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var reviews []review
	for decoder := json.NewDecoder(bufio.NewReader(file)); ; {
		var line struct {
			Allowed bool            `json:"allowed"`
			Review  json.RawMessage `json:"review"`
		}
		var envelope struct {
			Request struct {
				UID string `json:"uid"`
			} `json:"request"`
		}
		if err := decoder.Decode(&line); errors.Is(err, io.EOF) {
			return reviews, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := json.Unmarshal(line.Review, &envelope); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		reviews = append(reviews, review{
			body: line.Review,
			expected: [2][]byte{
				fmt.Appendf(nil, `"uid":%q`, envelope.Request.UID),
				fmt.Appendf(nil, `"allowed":%t`, line.Allowed),
			},
		})
	}
}

// newClient makes a client as API servers have one for webhooks: HTTP/1.1, connections kept alive.
func newClient(authority string, inFlight int) (*http.Client, error) {
	pem, err := os.ReadFile(authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", authority)
	}
	transport := &http.Transport{
		MaxIdleConnsPerHost: inFlight,
		TLSClientConfig:     &tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}},
		DisableCompression:  true,
	}
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}, nil
}

// loop is one connection's requests, one after another.
type loop struct {
	times      []time.Duration
	total      int
	wrong      int
	firstWrong string
}

// run sends reviews from the first to the last and over again; those that begin from start to end are measured. Answers
// are checked also before.
func (l *loop) run(client *http.Client, url string, reviews []review, start, end time.Time) {
	var answer bytes.Buffer
	for i := 0; ; i = (i + 1) % len(reviews) {
		begin := time.Now()
		if !begin.Before(end) {
			return
		}
		problem := ask(client, url, &reviews[i], &answer)
		elapsed := time.Since(begin)
		l.total++
		if problem != nil {
			l.wrong++
			if l.firstWrong == "" {
				l.firstWrong = problem.Error()
			}
		}
		if !begin.Before(start) {
			l.times = append(l.times, elapsed)
		}
	}
}

// ask sends one review and says what is wrong with the answer.
func ask(client *http.Client, url string, review *review, answer *bytes.Buffer) error {
	response, err := client.Post(url, "application/json", bytes.NewReader(review.body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer.Reset()
	if _, err := answer.ReadFrom(response.Body); err != nil {
		return err
	}
	for _, expected := range review.expected {
		if response.StatusCode != http.StatusOK || !bytes.Contains(answer.Bytes(), expected) {
			return fmt.Errorf("status %d, no %s in %.500s", response.StatusCode, expected, answer.Bytes())
		}
	}
	return nil
}
