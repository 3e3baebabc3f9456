//! A DNS on loopback, over real UDP and TCP: TXT records, and answers no DNS should give.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use actix_web::rt;
use hickory_proto::op::{Message, MessageType, ResponseCode};
use hickory_proto::rr::rdata::{CNAME, TXT};
use hickory_proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// What is told of a name.
#[derive(Clone, Debug)]
pub enum Told {
    /// These TXT records, each as one or more strings.
    Texts(Vec<Vec<String>>),
    /// This many TXT records of 250 bytes before the one text: too much for UDP.
    Long(usize, String),
    /// That another name stands for it, and the text of that one, which nobody asked about.
    Other(&'static str, String),
    /// The text, as an answer to a question about another name.
    Unasked(&'static str, String),
    /// An error.
    Code(ResponseCode),
    /// Bytes that are no answer.
    Garbage,
    /// Nothing at all.
    Silence,
}

/// A running server.
pub struct Dns {
    pub address: SocketAddr,
    zone: Zone,
    tasks: [rt::task::JoinHandle<()>; 2],
}

type Zone = Arc<Mutex<HashMap<String, Told>>>;

impl Drop for Dns {
    fn drop(&mut self) {
        self.tasks.iter().for_each(rt::task::JoinHandle::abort);
    }
}

impl Dns {
    /// Boots one on a free port.
    pub async fn start() -> Self {
        let (udp, tcp) = sockets().await;
        let (address, zone) = (udp.local_addr().expect("an address"), Zone::default());
        let tasks = [rt::spawn(serve_udp(udp, zone.clone())), rt::spawn(serve_tcp(tcp, zone.clone()))];
        Self { address, zone, tasks }
    }

    /// What is told of a name from now on.
    pub fn tell(&self, name: &str, told: Told) {
        self.zone.lock().expect("the zone").insert(format!("{name}."), told);
    }

    /// A TXT record of one string.
    pub fn publish(&self, name: &str, text: &str) {
        self.tell(name, Told::Texts(vec![vec![text.into()]]));
    }

    /// Nothing is known of a name any more.
    pub fn withdraw(&self, name: &str) {
        self.zone.lock().expect("the zone").remove(&format!("{name}."));
    }
}

/// A port that is free for both.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().expect("an address")).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, zone: Zone) {
    let mut buffer = [0; 4096];
    while let Ok((size, from)) = socket.recv_from(&mut buffer).await {
        if let Some(mut answer) = answer(&buffer[..size], &zone) {
            if answer.len() > 1200 {
                // The bit that says there is more than UDP carries, and no record.
                answer.truncate(size);
                answer[2] |= 2;
                answer[6..12].fill(0);
            }
            let _ = socket.send_to(&answer, from).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, zone: Zone) {
    while let Ok((stream, _)) = listener.accept().await {
        rt::spawn(converse(stream, zone.clone()));
    }
}

async fn converse(mut stream: TcpStream, zone: Zone) {
    while let Ok(size) = stream.read_u16().await {
        let mut question = vec![0; usize::from(size)];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(answer) = answer(&question, &zone) else { continue };
        let size = u16::try_from(answer.len()).expect("a size that TCP carries");
        if stream.write_u16(size).await.is_err() || stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

fn answer(question: &[u8], zone: &Zone) -> Option<Vec<u8>> {
    let mut message = Message::from_vec(question).expect("a question");
    message.metadata.message_type = MessageType::Response;
    message.additionals.clear();
    message.edns = None;
    let name = message.queries.first().expect("a name").name().clone();
    let told = zone.lock().expect("the zone").get(&name.to_ascii().to_ascii_lowercase()).cloned();
    let text = |name: &Name, strings: Vec<String>| Record::from_rdata(name.clone(), 0, RData::TXT(TXT::new(strings)));
    match told {
        None => message.metadata.response_code = ResponseCode::NXDomain,
        Some(Told::Texts(texts)) => message.answers = texts.into_iter().map(|strings| text(&name, strings)).collect(),
        Some(Told::Long(count, last)) => {
            let filler = (0..count).map(|number| vec![format!("{number:0>250}")]);
            message.answers = filler.chain([vec![last]]).map(|strings| text(&name, strings)).collect();
        }
        Some(Told::Other(other, value)) => {
            let other = Name::from_ascii(other).expect("a name");
            let alias = Record::from_rdata(name, 0, RData::CNAME(CNAME(other.clone())));
            message.answers = vec![alias, text(&other, vec![value])];
        }
        Some(Told::Unasked(other, value)) => {
            message.answers = vec![text(&Name::from_ascii(other).expect("a name"), vec![value])];
        }
        Some(Told::Code(code)) => message.metadata.response_code = code,
        Some(Told::Garbage) => return Some(vec![b'x'; 40]),
        Some(Told::Silence) => return None,
    }
    Some(message.to_vec().expect("bytes"))
}
