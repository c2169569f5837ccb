# ruby-oauth for the tests: one JSON object a line in, one out.
require "base64"
require "digest"
require "json"
require "oauth"
require "oauth/request_proxy/mock_request"

def sign(q)
  url = URI.parse(q["url"])
  consumer = OAuth::Consumer.new(q["key"], q["secret"], site: "#{url.scheme}://#{url.host}:#{url.port}", signature_method: q["method"])
  { body: consumer.create_signed_request(:post, url.request_uri, nil, { scheme: "body" }, q["params"]).body }
end

def verify(q)
  fields = q["authorization"].sub(/\AOAuth /, "").split(",").map { |f| f.split("=", 2) }
  params = fields.to_h { |name, value| [name, OAuth::Helper.unescape(value.delete('"'))] }
  url = URI.parse(q["url"])
  query = URI.decode_www_form(url.query || "").to_h
  url.query = nil
  request = { "method" => "POST", "uri" => url.to_s, "parameters" => params.merge(query) }
  valid = OAuth::Signature.verify(request, consumer_secret: q["secret"], token_secret: "")
  { valid: valid && params["oauth_body_hash"] == Base64.strict_encode64(Digest::SHA1.digest(q["body"])) }
end

$stdout.sync = true
$stdin.each_line do |line|
  q = JSON.parse(line)
  answer = begin
    q["op"] == "sign" ? sign(q) : verify(q)
  rescue StandardError => e
    { error: e.inspect }
  end
  puts JSON.generate(answer)
end
