//! A graphics card through wgpu, for shaders of our own. The networks have a device of their own (see `labels::neural`).

use futures_lite::future::block_on;
use std::sync::{Arc, Mutex, PoisonError};
use wgpu::{Backends, BufferUsages, DeviceType, ErrorFilter, Instance, InstanceDescriptor};

/// What is said where there is nothing to compute on but the processor.
pub const NONE: &str = "there is no graphics card, at most a software driver";

/// Which driver is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// That of a real card.
    Real,
    /// A software driver: the same shader on the processor, slowly, for tests.
    Software,
}

/// A device with its queue.
pub struct GraphicsCard {
    /// The device.
    pub device: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    /// What the driver calls the card.
    pub title: String,
    trouble: Arc<Mutex<Option<String>>>,
}

impl GraphicsCard {
    /// Opens the best card of a kind.
    ///
    /// # Errors
    /// A clause that says why there is none.
    pub fn open(kind: Kind) -> Result<Self, String> {
        if kind == Kind::Real && !is_plugged_in() {
            return Err(NONE.into());
        }
        // The best first.
        let wanted: &[DeviceType] = match kind {
            Kind::Real => &[DeviceType::DiscreteGpu, DeviceType::IntegratedGpu, DeviceType::VirtualGpu],
            Kind::Software => &[DeviceType::Cpu],
        };
        let instance = Instance::new(InstanceDescriptor::new_without_display_handle());
        let adapters = block_on(instance.enumerate_adapters(Backends::PRIMARY));
        let of_type = |wanted: &DeviceType| adapters.iter().find(|adapter| adapter.get_info().device_type == *wanted);
        let adapter = wanted.iter().find_map(of_type).ok_or(NONE)?;
        // What the card can do rather than the least that every card can.
        let asked = wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..Default::default() };
        let (device, queue) =
            block_on(adapter.request_device(&asked)).map_err(|error| format!("the graphics card cannot be used: {error}"))?;
        let trouble = Arc::new(Mutex::new(None));
        let (uncaught, lost) = (trouble.clone(), trouble.clone());
        // Without these wgpu would panic.
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| note(&uncaught, error.to_string())));
        device.set_device_lost_callback(move |_, reason| note(&lost, format!("it was lost: {reason}")));
        Ok(Self { device, queue, title: adapter.get_info().name, trouble })
    }

    /// Does some work and waits for the card; whatever goes wrong on it (out of memory too) is an error.
    ///
    /// # Errors
    /// A clause that says what went wrong.
    pub fn run<T>(&self, work: impl FnOnce(&Self) -> Result<T, String>) -> Result<T, String> {
        let scopes = [ErrorFilter::OutOfMemory, ErrorFilter::Validation, ErrorFilter::Internal]
            .map(|filter| self.device.push_error_scope(filter));
        let done = work(self);
        let waited = self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| error.to_string());
        // Scopes are closed in the reverse of the order in which they were opened.
        let caught: Vec<String> =
            scopes.into_iter().rev().filter_map(|scope| block_on(scope.pop())).map(|error| error.to_string()).collect();
        let told = self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take();
        match caught.into_iter().next().or(told).or_else(|| waited.err()) {
            Some(error) => Err(format!("the graphics card failed: {error}")),
            None => done,
        }
    }

    /// One entry of a shader, ready to run.
    #[must_use]
    pub fn pipeline(&self, source: &str, entry: &str) -> wgpu::ComputePipeline {
        let source = wgpu::ShaderSource::Wgsl(source.into());
        let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some(entry), source });
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(entry),
            layout: None,
            module: &module,
            entry_point: Some(entry),
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        })
    }

    /// Bytes that a shader reads.
    #[must_use]
    pub fn upload(&self, bytes: &[u8]) -> wgpu::Buffer {
        let buffer = self.buffer(bytes.len(), BufferUsages::STORAGE | BufferUsages::COPY_DST);
        self.queue.write_buffer(&buffer, 0, bytes);
        buffer
    }

    /// Runs a shader on what it reads, bound from 0 on, and gives the f32 that it writes, bound after them.
    ///
    /// # Errors
    /// A clause that says what went wrong.
    pub fn answers(
        &self,
        pipeline: &wgpu::ComputePipeline,
        asked: &[wgpu::BindingResource<'_>],
        count: usize,
        groups: [u32; 2],
    ) -> Result<Vec<f32>, String> {
        let answers = self.buffer(4 * count, BufferUsages::STORAGE | BufferUsages::COPY_SRC);
        let readable = self.buffer(4 * count, BufferUsages::MAP_READ | BufferUsages::COPY_DST);
        let resources = asked.iter().cloned().chain([answers.as_entire_binding()]).zip(0..);
        let entries: Vec<_> = resources.map(|(resource, binding)| wgpu::BindGroupEntry { binding, resource }).collect();
        let layout = &pipeline.get_bind_group_layout(0);
        let bound =
            self.device.create_bind_group(&wgpu::BindGroupDescriptor { label: None, layout, entries: entries.as_slice() });
        let mut commands = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = commands.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, &bound, &[]);
        pass.dispatch_workgroups(groups[0], groups[1], 1);
        drop(pass);
        commands.copy_buffer_to_buffer(&answers, 0, &readable, 0, None);
        self.queue.submit([commands.finish()]);
        self.read(&readable)
    }

    fn buffer(&self, size: usize, usage: BufferUsages) -> wgpu::Buffer {
        let size = size as u64;
        self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
    }

    /// Reads back what the card wrote, as f32.
    fn read(&self, readable: &wgpu::Buffer) -> Result<Vec<f32>, String> {
        let (tell, told) = std::sync::mpsc::channel();
        readable.map_async(wgpu::MapMode::Read, .., move |mapped| _ = tell.send(mapped));
        self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|error| error.to_string())?;
        told.recv().map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
        let bytes = readable.get_mapped_range(..).map_err(|error| error.to_string())?;
        let values = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
        drop(bytes);
        readable.unmap();
        Ok(values)
    }
}

fn note(trouble: &Mutex<Option<String>>, text: String) {
    trouble.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(text);
}

/// False when the system shows no device of any card. Then no driver is loaded to look for one: Vulkan's layers write to standard error
/// where there is no desktop session.
#[must_use]
pub fn is_plugged_in() -> bool {
    // Direct rendering, NVIDIA's own driver in a container, Windows' card in its Linux subsystem.
    const DEVICES: [&str; 3] = ["/dev/dri", "/dev/nvidiactl", "/dev/dxg"];
    !cfg!(target_os = "linux") || DEVICES.iter().any(|device| std::path::Path::new(device).exists())
}
